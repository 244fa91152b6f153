import BER

/// What a read-only server needs of a request to change something: that it is well-formed, and which entry it names.
@frozen
public struct WriteRequestFields: Sendable, Equatable {
    /// The entry to add, modify, delete or rename, an LDAPDN not yet looked at.
    public let entry: Range<Int>
}

extension RequestReader {
    /// Reads the body of an add, modify, delete or modify DN request (RFC 4511 §4.6 to §4.9).
    ///
    /// - Throws: `.malformed` for wrong structure, anywhere in the request; `.protocolError` for a modification that is
    ///   neither add, delete, replace nor increment. Asking it of another operation is a programming error and traps.
    public func writeRequest() throws(LDAPDecodingError) -> WriteRequestFields {
        var body = bodyReader()
        switch operation {
        case .delete:
            return WriteRequestFields(entry: self.body)
        case .add:
            let entry = try body.octets()
            try checkAttributes(&body)
            try body.ignoreRest()
            return WriteRequestFields(entry: entry)
        case .modify:
            let entry = try body.octets()
            try checkChanges(&body)
            try body.ignoreRest()
            return WriteRequestFields(entry: entry)
        case .modifyDN:
            let entry = try body.octets()
            _ = try body.octets()
            _ = try body.boolean()
            _ = try body.optionalOctets(Tag.newSuperior)
            try body.ignoreRest()
            return WriteRequestFields(entry: entry)
        case .bind, .unbind, .search, .compare, .abandon, .extended:
            preconditionFailure("not a request to write")
        }
    }

    /// AttributeList (RFC 4511 §4.7).
    @_lifetime(body: copy body)
    private func checkAttributes(_ body: inout ElementReader) throws(LDAPDecodingError) {
        var list = try body.constructed(BERTag.sequence)
        while !list.isAtEnd { try checkAttribute(&list) }
    }

    /// PartialAttribute and Attribute (RFC 4511 §4.1.7).
    @_lifetime(list: copy list)
    private func checkAttribute(_ list: inout ElementReader) throws(LDAPDecodingError) {
        var attribute = try list.constructed(BERTag.sequence)
        _ = try attribute.octets()
        var values = try attribute.constructed(BERTag.set)
        while !values.isAtEnd { _ = try values.octets() }
        try attribute.ignoreRest()
    }

    /// The changes of a modify request (RFC 4511 §4.6, increment in RFC 4525).
    @_lifetime(body: copy body)
    private func checkChanges(_ body: inout ElementReader) throws(LDAPDecodingError) {
        var list = try body.constructed(BERTag.sequence)
        while !list.isAtEnd {
            var change = try list.constructed(BERTag.sequence)
            let kind = try change.enumerated()
            try checkAttribute(&change)
            try change.ignoreRest()
            guard 0...3 ~= kind else { throw .protocolError(messageID, "a modification of an unknown kind") }
        }
    }
}

import BER

/// A bind request, as ranges into the PDU (RFC 4511 §4.2).
@frozen
public struct BindRequestFields: Sendable, Equatable {
    /// The protocol version, 1 to 127; a server of LDAPv3 answers anything but 3 with `protocolError`.
    public let version: Int
    /// The name to bind as, an LDAPDN not yet looked at; often empty.
    public let name: Range<Int>
    /// How the client proves it.
    public let authentication: Authentication

    /// The AuthenticationChoice (RFC 4511 §4.2).
    @frozen
    public enum Authentication: Sendable, Equatable {
        /// A password, possibly empty.
        case simple(password: Range<Int>)
        /// A SASL mechanism's name and its credentials; nil credentials are not the same as empty ones.
        case sasl(mechanism: Range<Int>, credentials: Range<Int>?)
        /// A choice this version of LDAP does not define: `authMethodNotSupported` is the answer.
        case unknown(tag: UInt8)
    }
}

extension RequestReader {
    /// Reads the body of a bind request.
    ///
    /// - Throws: `.malformed` for wrong structure; `.protocolError` for a version outside 1...127.
    public func bindRequest() throws(LDAPDecodingError) -> BindRequestFields {
        var body = bodyReader()
        let version = try body.integer()
        let name = try body.octets()
        let authentication = try BindRequestFields.Authentication(&body)
        try body.ignoreRest()
        guard let version = Int(exactly: version), 1...127 ~= version else {
            throw .protocolError(messageID, "a protocol version out of range")
        }
        return BindRequestFields(version: version, name: name, authentication: authentication)
    }
}

extension BindRequestFields.Authentication {
    @_lifetime(body: copy body)
    init(_ body: inout ElementReader) throws(LDAPDecodingError) {
        switch body.peekTag() {
        case Tag.simpleAuthentication?:
            self = .simple(password: try body.octets(Tag.simpleAuthentication))
        case Tag.saslAuthentication?:
            var sasl = try body.constructed(Tag.saslAuthentication)
            self = .sasl(mechanism: try sasl.octets(), credentials: try sasl.optionalOctets(BERTag.octetString))
            try sasl.ignoreRest()
        case let tag?:
            let number = tag & 0x1F
            guard tag & BERTag.classMask == BERTag.contextClass, number != 0, number != 3 else {
                throw .malformed("no authentication choice in a bind request")
            }
            self = .unknown(tag: try body.header().tag)
        case nil:
            throw .malformed("no authentication choice in a bind request")
        }
    }
}

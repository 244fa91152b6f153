import BER

/// An attribute description and its values, possibly none (RFC 4511 §4.1.7).
public struct PartialAttribute: Sendable, Equatable {
    /// The attribute description: type and options.
    public var description: String
    /// The values; a set, in no order that means anything.
    public var values: [[UInt8]]

    /// An attribute of its parts.
    public init(_ description: String, _ values: [[UInt8]]) {
        self.description = description
        self.values = values
    }

    /// An attribute of text values.
    public init(_ description: String, _ values: String...) {
        self.init(description, values.map { Array($0.utf8) })
    }

    func encode(into writer: inout BERWriter) {
        let mark = writer.begin(BERTag.sequence)
        writer.octetString(description)
        let set = writer.begin(BERTag.set)
        for value in values { writer.octetString(value) }
        writer.end(set)
        writer.end(mark)
    }

    @_lifetime(list: copy list)
    init(_ list: inout ElementReader) throws(LDAPDecodingError) {
        var attribute = try list.constructed(BERTag.sequence)
        description = try attribute.string()
        values = try attribute.arrays(BERTag.set)
        try attribute.ignoreRest()
    }
}

extension BERWriter {
    /// Writes a SEQUENCE OF PartialAttribute.
    mutating func attributes(_ attributes: [PartialAttribute]) {
        let mark = begin(BERTag.sequence)
        for attribute in attributes { attribute.encode(into: &self) }
        end(mark)
    }
}

extension ElementReader {
    @_lifetime(self: copy self)
    mutating func attributes() throws(LDAPDecodingError) -> [PartialAttribute] {
        var list = try constructed(BERTag.sequence)
        var attributes: [PartialAttribute] = []
        while !list.isAtEnd { attributes.append(try PartialAttribute(&list)) }
        return attributes
    }
}

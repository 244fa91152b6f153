public import Schema

/// Which source gives an entry, and who the entry is there: the value of `identitySource`, an operational attribute that
/// nobody sees. Entries of LDIF have none.
///
///     identitySource: 3f0c1b52-6e63-5f35-9d0c-0f3a0b1c2d3e SUBJECT
public struct EntrySource: Hashable, Sendable {
    /// The attribute's name.
    public static let attribute = "identitySource"
    /// The attribute's OID, as the built-in schema has it.
    static let oid = "2.25.238510013020208063885990062756040616680"

    /// The source.
    public var id: SourceID
    /// The equality key of the subject's value.
    public var subject: [UInt8]

    /// A source and a subject.
    public init(id: SourceID, subject: [UInt8]) {
        self.id = id
        self.subject = subject
    }

    /// Reads a value of the attribute; nil for what is none.
    public init?(_ value: Span<UInt8>) {
        let length = SourceID.textLength
        guard value.count > length, value[length] == UInt8(ascii: " "),
            let id = SourceID(text: value.extracting(0..<length))
        else { return nil }
        self.init(id: id, subject: [UInt8](copying: value.extracting((length + 1)...)))
    }

    /// The attribute's value.
    public var value: [UInt8] { Array(id.description.utf8) + [UInt8(ascii: " ")] + subject }

    /// The entry's entryUUID.
    public var entryUUID: UUIDv5 { id.entryUUID(ofSubject: subject) }
}

extension EntryRecord {
    /// Which source gives the entry; nil for one of LDIF. `schema` is the one that the attributes' types are numbers of.
    public func source(_ schema: Schema) -> EntrySource? {
        guard let type = schema.attributeType(EntrySource.attribute)?.id else { return nil }
        let attribute = attributes.first { $0.description.type == type }
        return attribute?.values.first.flatMap { EntrySource($0.span) }
    }
}

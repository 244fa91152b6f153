/// An entryUUID (RFC 4530) as text in lower case: what a person's application passwords hang on, so that they outlive a new name
/// and a new import.
public struct EntryUUID: Sendable, Hashable, CustomStringConvertible {
    /// 36 characters, digits and small letters in groups.
    public let description: String

    /// Reads the text of a UUID, in any case; nil for any other text.
    public init?(_ text: String) {
        let octets = Array(text.utf8)
        guard octets.count == 36 else { return nil }
        for (index, octet) in octets.enumerated() {
            switch octet {
            case UInt8(ascii: "-"): guard [8, 13, 18, 23].contains(index) else { return nil }
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
                UInt8(ascii: "A")...UInt8(ascii: "F"):
                guard ![8, 13, 18, 23].contains(index) else { return nil }
            default: return nil
            }
        }
        description = text.lowercased()
    }
}

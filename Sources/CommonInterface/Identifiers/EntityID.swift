/// The name of an identity or service provider: a URI of at most 1024 octets (SAML metadata, section 2.2.1).
public struct EntityID: Hashable, Comparable, Sendable, Codable, CustomStringConvertible {
    /// The URI as given: entityIDs are compared octet by octet.
    public let text: String

    /// The entityID `text`; nil where it is not printable ASCII with a scheme, or too long.
    public init?(_ text: String) {
        guard (3...1024).contains(text.utf8.count), text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }),
            !text.utf8.contains(where: { "\"<>\\^`{|}".utf8.contains($0) }),
            let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")), Self.isScheme(text.utf8[..<colon]),
            text.utf8.index(after: colon) < text.utf8.endIndex
        else { return nil }
        self.text = text
    }

    /// RFC 3986 section 3.1.
    private static func isScheme(_ octets: Substring.UTF8View) -> Bool {
        guard let first = octets.first, (first | 0x20) &- 0x61 < 26 else { return false }
        return octets.allSatisfy { octet in
            (octet | 0x20) &- 0x61 < 26 || octet &- 0x30 < 10 || "+-.".utf8.contains(octet)
        }
    }

    /// The URI.
    public var description: String { text }

    /// By octets.
    public static func < (left: EntityID, right: EntityID) -> Bool { left.text < right.text }

    /// Reads a string that is an entityID.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let entityID = EntityID(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "expected an entityID: a URI of at most 1024 octets")
        }
        self = entityID
    }

    /// Writes the URI.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}

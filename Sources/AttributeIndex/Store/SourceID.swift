public import Schema

/// A source of people, an identity provider, by a UUID: the name space of its people's own UUIDs.
public struct SourceID: Hashable, Sendable, CustomStringConvertible {
    private let high: UInt64
    private let low: UInt64

    /// The source that a UUID stands for.
    public init(uuid: UUIDv5) { self.init(uuid.octets.span) }

    /// A source by `description`; nil for any other spelling of a UUID, and for what is none.
    public init?(_ text: String) {
        self.init(text: text.utf8.span)
    }

    /// A source by the octets of `description`.
    init?(text: Span<UInt8>) {
        guard text.count == SourceID.textLength else { return nil }
        var (octets, high): ([UInt8], UInt8?) = ([], nil)
        for index in text.indices {
            let isHyphen = index == 8 || index == 13 || index == 18 || index == 23
            guard isHyphen == (text[index] == UInt8(ascii: "-")) else { return nil }
            if isHyphen { continue }
            guard let digit = SourceID.digit(text[index]) else { return nil }
            if let first = high { octets.append(first << 4 | digit) }
            high = high == nil ? digit : nil
        }
        self.init(octets.span)
    }

    private init(_ octets: Span<UInt8>) {
        var (high, low): (UInt64, UInt64) = (0, 0)
        for index in octets.indices {
            if index < 8 { high = high << 8 | UInt64(octets[index]) } else { low = low << 8 | UInt64(octets[index]) }
        }
        (self.high, self.low) = (high, low)
    }

    /// Octets of `description`.
    static let textLength = 36

    private static func digit(_ octet: UInt8) -> UInt8? {
        switch octet {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): octet - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): octet - UInt8(ascii: "a") + 10
        default: nil
        }
    }

    /// The UUID's 16 octets, most significant first.
    public var octets: [UInt8] {
        [high, low].flatMap { half in (0..<8).map { UInt8(truncatingIfNeeded: half >> UInt64(56 - 8 * $0)) } }
    }

    /// The UUID in 36 characters, with small letters (RFC 9562 section 4).
    public var description: String {
        var text = ""
        for (index, octet) in octets.enumerated() {
            if index == 4 || index == 6 || index == 8 || index == 10 { text += "-" }
            text += String(octet >> 4, radix: 16) + String(octet & 0x0F, radix: 16)
        }
        return text
    }

    /// The entryUUID of one of its people, by the equality key of the subject's value: the same whatever the entry is called.
    public func entryUUID(ofSubject key: [UInt8]) -> UUIDv5 { UUIDv5(namespace: octets, name: key) }
}

/// A position in an identity provider's journal: ascending, and opaque to a service provider but for its order.
///
/// On the wire it is a string of decimal digits without leading zeros, because numbers in JSON are not exact everywhere;
/// a number is read too. In changelogs it is the `changeNumber` (draft-good-ldap-changelog).
public struct TransactionID: Comparable, Hashable, Sendable, Codable, CustomStringConvertible {
    /// The number, at most `Int64.max`: LDAP's INTEGER in most servers.
    public let value: UInt64

    /// Before every change.
    public static let zero = TransactionID(0)

    /// The ID with this number; what is larger than `Int64.max` becomes that.
    public init(_ value: UInt64) { self.value = min(value, UInt64(Int64.max)) }

    /// Reads decimal digits, without sign, space or leading zeros; nil for anything else.
    public init?(_ text: some Collection<UInt8>) {
        guard (1...19).contains(text.count), text.count == 1 || text.first != UInt8(ascii: "0") else { return nil }
        var value: UInt64 = 0
        for octet in text {
            let digit = octet &- UInt8(ascii: "0")
            guard digit < 10 else { return nil }
            // Safe from overflow: 19 digits are below 2^64.
            value = value * 10 + UInt64(digit)
        }
        guard value <= UInt64(Int64.max) else { return nil }
        self.value = value
    }

    /// Reads the text form.
    public init?(text: String) { self.init(text.utf8) }

    /// The ID after this one.
    public var next: TransactionID { TransactionID(value + 1) }

    /// The digits.
    public var description: String { String(value) }

    /// By number.
    public static func < (left: TransactionID, right: TransactionID) -> Bool { left.value < right.value }

    /// Reads a string of digits, or a number.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let text = try? container.decode(String.self), let id = TransactionID(text: text) {
            self = id
        } else if let number = try? container.decode(UInt64.self), number <= UInt64(Int64.max) {
            self.init(number)
        } else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "expected a transaction ID: a string of decimal digits")
        }
    }

    /// Writes a string of digits.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

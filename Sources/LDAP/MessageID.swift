/// The number that ties an answer to its request (RFC 4511 §4.1.1.1): 1 to 2³¹ - 1, or 0 in unsolicited notifications.
@frozen
public struct MessageID: RawRepresentable, Hashable, Sendable {
    /// The number; never negative.
    public let rawValue: Int32

    /// The identifier `rawValue`; nil if it is negative.
    @inlinable
    public init?(rawValue: Int32) {
        guard rawValue >= 0 else { return nil }
        self.rawValue = rawValue
    }

    /// The identifier `value`; nil if it is negative or beyond maxInt.
    @inlinable
    public init?(_ value: Int64) {
        guard let raw = Int32(exactly: value), raw >= 0 else { return nil }
        rawValue = raw
    }

    @inlinable
    init(unchecked value: Int32) { rawValue = value }

    /// Zero: no request has it, unsolicited notifications do (RFC 4511 §4.4).
    public static let unsolicited = MessageID(unchecked: 0)
}

extension MessageID: ExpressibleByIntegerLiteral, Comparable, CustomStringConvertible {
    /// The identifier a literal names; a negative literal is a programming error and traps.
    public init(integerLiteral value: Int32) {
        precondition(value >= 0, "a message ID is not negative")
        rawValue = value
    }

    /// Numeric order.
    public static func < (a: MessageID, b: MessageID) -> Bool { a.rawValue < b.rawValue }

    /// The number.
    public var description: String { String(rawValue) }
}

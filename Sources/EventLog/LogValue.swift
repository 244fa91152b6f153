/// What a field of an event may hold.
public protocol LogValue: Sendable {
    /// The value's text, not yet escaped.
    var logText: String { get }
    /// Whether JSON writes the text bare (numbers and booleans) rather than quoted.
    var isBareInJSON: Bool { get }
}

extension String: LogValue {
    /// Itself.
    public var logText: String { self }
    /// Quoted.
    public var isBareInJSON: Bool { false }
}

extension StaticString: LogValue {
    /// Itself.
    public var logText: String { description }
    /// Quoted.
    public var isBareInJSON: Bool { false }
}

extension LogValue where Self: BinaryInteger {
    /// The number in decimal.
    public var logText: String { String(self) }
    /// Bare.
    public var isBareInJSON: Bool { true }
}

extension Int: LogValue {}
extension Int32: LogValue {}
extension Int64: LogValue {}
extension UInt8: LogValue {}
extension UInt16: LogValue {}
extension UInt32: LogValue {}
extension UInt64: LogValue {}

extension Bool: LogValue {
    /// `true` or `false`.
    public var logText: String { self ? "true" : "false" }
    /// Bare.
    public var isBareInJSON: Bool { true }
}

extension Double: LogValue {
    /// The shortest decimal that reads back as the same number.
    public var logText: String { description }
    /// Bare, but for infinities and NaN, which JSON does not have.
    public var isBareInJSON: Bool { isFinite }
}

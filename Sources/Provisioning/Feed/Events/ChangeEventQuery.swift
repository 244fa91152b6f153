/// Which change events are wanted.
public struct ChangeEventQuery: Sendable, Equatable {
    /// Those with a higher number; nil: the newest.
    public var after: UInt64?
    /// Only what went wrong, or waits for somebody.
    public var errorsOnly = false
    /// As many at most: the oldest after `after`, or without it the newest.
    public var limit = 1000

    /// The newest events, of any kind.
    public init() {}
}

/// Change events as they were kept.
public struct ChangeEventPage: Sendable, Equatable {
    /// Each a JSON object without a line's end: the form of `ChangeEvent`.
    public var lines: [[UInt8]]
    /// What to ask after for what follows. Less than was asked for where the log was lost.
    public var last: UInt64

    /// The page as one JSON object: `events` and `last`.
    public var json: [UInt8] {
        var text = Array("{\"events\":[".utf8)
        for (index, line) in lines.enumerated() {
            if index > 0 { text.append(UInt8(ascii: ",")) }
            text += line
        }
        text += Array("],\"last\":\(last)}".utf8)
        return text
    }
}

/// A part of a representation, in octets (RFC 9110 section 14).
public enum ByteRange: Sendable, Hashable {
    /// From `first` to `last`, both included; nil: to the end.
    case from(UInt64, to: UInt64?)
    /// The last so many.
    case last(UInt64)

    /// Reads a Range field. Nil where there is none, where it asks for several parts or in another unit, or where it is malformed:
    /// then the field counts for nothing (RFC 9110 section 14.2).
    public init?(in fields: HTTPFields) {
        let values = fields.values("Range")
        guard values.count == 1, let value = values.first, value.prefix(6).description.isEqualIgnoringCase("bytes=")
        else {
            return nil
        }
        let ends = value.dropFirst(6).split(separator: "-", omittingEmptySubsequences: false)
        guard ends.count == 2 else { return nil }
        switch (Self.number(ends[0]), Self.number(ends[1])) {
        case (let first?, let last?):
            guard first <= last else { return nil }
            self = .from(first, to: last)
        case (let first?, nil):
            guard ends[1].isEmpty else { return nil }
            self = .from(first, to: nil)
        case (nil, let count?):
            guard ends[0].isEmpty else { return nil }
            self = .last(count)
        case (nil, nil): return nil
        }
    }

    /// Digits, and not too many of them.
    static func number(_ digits: Substring) -> UInt64? {
        guard !digits.isEmpty, digits.utf8.allSatisfy(\.isDigit) else { return nil }
        return UInt64(digits)
    }

    /// The octets it stands for in a representation of that size; nil where there are none of them.
    public func octets(of size: UInt64) -> Range<UInt64>? {
        switch self {
        case .from(let first, let last):
            guard first < size else { return nil }
            guard let last, last < size else { return first..<size }
            return first..<(last + 1)
        case .last(let count):
            guard count > 0, size > 0 else { return nil }
            return (size - min(count, size))..<size
        }
    }
}

/// Which part an answer has (RFC 9110 section 14.4).
public struct ContentRange: Sendable, Hashable, CustomStringConvertible {
    /// The octets; nil in an answer that has none of those asked for.
    public var octets: Range<UInt64>?
    /// How many there are in all; nil where the server does not know.
    public var size: UInt64?

    /// These octets, of so many.
    public init(octets: Range<UInt64>?, size: UInt64?) {
        self.octets = octets
        self.size = size
    }

    /// Reads a Content-Range field; nil where there is none or it contradicts itself.
    public init?(in fields: HTTPFields) {
        let values = fields.values("Content-Range")
        guard values.count == 1, let value = values.first, value.prefix(6).description.isEqualIgnoringCase("bytes ")
        else {
            return nil
        }
        let parts = value.dropFirst(6).split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2 else { return nil }
        if parts[1] != "*" {
            guard let number = ByteRange.number(parts[1]) else { return nil }
            size = number
        }
        guard parts[0] != "*" else {
            if size == nil { return nil }
            return
        }
        let ends = parts[0].split(separator: "-", omittingEmptySubsequences: false)
        guard ends.count == 2, let first = ByteRange.number(ends[0]), let last = ByteRange.number(ends[1]),
            first <= last,
            last < size ?? .max
        else { return nil }
        octets = first..<(last + 1)
    }

    /// The field's value.
    public var description: String {
        let part = octets.map { "\($0.lowerBound)-\($0.upperBound - 1)" } ?? "*"
        return "bytes \(part)/\(size.map { "\($0)" } ?? "*")"
    }
}

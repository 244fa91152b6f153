/// Writes numbers as LEB128 and texts with their length before them.
struct OctetWriter {
    private(set) var octets: [UInt8] = []

    mutating func number(_ value: Int) { number(UInt64(max(0, value))) }

    mutating func number(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            octets.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        octets.append(UInt8(rest))
    }

    mutating func text(_ text: some Collection<UInt8>) {
        number(text.count)
        octets.append(contentsOf: text)
    }

    /// A text that may be absent.
    mutating func optional(_ text: [UInt8]?) {
        octets.append(text == nil ? 0 : 1)
        if let text { self.text(text) }
    }
}

/// Reads what `OctetWriter` wrote, trusting nothing: nil wherever the octets end early or a count cannot be.
struct OctetReader: ~Escapable {
    private let octets: Span<UInt8>
    private(set) var position = 0

    @_lifetime(copy octets)
    init(_ octets: Span<UInt8>) { self.octets = octets }

    var isAtEnd: Bool { position == octets.count }

    @_lifetime(self: copy self)
    mutating func octet() -> UInt8? {
        guard position < octets.count else { return nil }
        position += 1
        return octets[position - 1]
    }

    @_lifetime(self: copy self)
    mutating func number() -> UInt64? {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while let octet = octet() {
            // The tenth octet has room for one bit.
            guard shift < 63 || octet < 2 else { return nil }
            value |= UInt64(octet & 0x7F) << shift
            if octet < 0x80 { return value }
            shift += 7
            guard shift < 70 else { return nil }
        }
        return nil
    }

    /// A count of things that take at least one octet each.
    @_lifetime(self: copy self)
    mutating func count() -> Int? {
        guard let value = number(), value <= UInt64(octets.count - position) else { return nil }
        return Int(value)
    }

    /// Where the next text is.
    @_lifetime(self: copy self)
    mutating func range() -> Range<Int>? {
        guard let count = count() else { return nil }
        position += count
        return position - count..<position
    }

    @_lifetime(self: copy self)
    mutating func text() -> [UInt8]? {
        guard let range = range() else { return nil }
        var copy: [UInt8] = []
        copy.reserveCapacity(range.count)
        for index in range { copy.append(octets[index]) }
        return copy
    }

    /// A text that may be absent: `.some(nil)` where it is.
    @_lifetime(self: copy self)
    mutating func optional() -> [UInt8]?? {
        switch octet() {
        case 0: return .some(nil)
        case 1: return text().map { .some($0) } ?? nil
        default: return nil
        }
    }
}

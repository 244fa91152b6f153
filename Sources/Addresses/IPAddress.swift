/// An IPv4 or IPv6 address, without a port. An IPv4-mapped IPv6 address (RFC 4291 section 2.5.5.2) is the IPv4 address.
public struct IPAddress: Sendable, Hashable {
    /// The address as IPv6's sixteen octets, the first eight of them; IPv4 is mapped.
    public let high: UInt64
    /// The last eight.
    public let low: UInt64

    /// The upper half of the prefix ::ffff:0:0/96 is zero, and this is the lower.
    private static let mappedPrefix: UInt64 = 0xFFFF_0000_0000

    /// The IPv6 address of two halves.
    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// The IPv4 address with these four octets, the first of them the most significant.
    public init(v4 octets: UInt32) {
        self.init(high: 0, low: Self.mappedPrefix | UInt64(octets))
    }

    /// The address of 4 or 16 octets in network order; nil for any other number.
    public init?(octets: Span<UInt8>) {
        var (high, low): (UInt64, UInt64) = (0, 0)
        switch octets.count {
        case 4:
            for index in octets.indices { low = low << 8 | UInt64(octets[index]) }
            self.init(v4: UInt32(truncatingIfNeeded: low))
        case 16:
            for index in 0..<8 {
                high = high << 8 | UInt64(octets[index])
                low = low << 8 | UInt64(octets[index + 8])
            }
            self.init(high: high, low: low)
        default: return nil
        }
    }

    /// Whether it is an IPv4 address.
    public var isV4: Bool { high == 0 && low & ~0xFFFF_FFFF == Self.mappedPrefix }

    /// Whether it names the machine itself: 127.0.0.0/8 and ::1.
    public var isLoopback: Bool { isV4 ? low >> 24 & 0xFF == 127 : high == 0 && low == 1 }

    /// The network that counts as one client: an IPv4 address is itself, and of an IPv6 address, of which every host has
    /// as many as it likes, the first 64 bits.
    public var client: IPAddress { isV4 ? self : IPAddress(high: high, low: 0) }
}

// MARK: - Text

extension IPAddress: CustomStringConvertible {
    /// Reads "192.0.2.1" or RFC 4291 section 2.2's forms of IPv6, without brackets or a zone.
    public init?(_ text: some StringProtocol) {
        if text.contains(":") {
            guard let (high, low) = Self.v6(text) else { return nil }
            self.init(high: high, low: low)
        } else {
            guard let octets = Self.v4(text) else { return nil }
            self.init(v4: octets)
        }
    }

    /// Four decimal numbers without leading zeros, which some would take for octal.
    private static func v4(_ text: some StringProtocol) -> UInt32? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var address: UInt32 = 0
        for part in parts {
            guard (1...3).contains(part.utf8.count), part.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
                part.utf8.count == 1 || part.utf8.first != 0x30, let octet = UInt8(part)
            else { return nil }
            address = address << 8 | UInt32(octet)
        }
        return address
    }

    private static func v6(_ text: some StringProtocol) -> (high: UInt64, low: UInt64)? {
        let text = String(text)
        var halves = [text]
        if let gap = text.firstRange(of: "::") {
            halves = [String(text[..<gap.lowerBound]), String(text[gap.upperBound...])]
        }
        var groups: [[UInt16]] = []
        for half in halves {
            guard let read = Self.groups(half, mayEndInV4: half == halves.last) else { return nil }
            groups.append(read)
        }
        let count = groups.reduce(0) { $0 + $1.count }
        if groups.count == 2 {
            guard count < 8 else { return nil }
            groups.insert([UInt16](repeating: 0, count: 8 - count), at: 1)
        } else {
            guard count == 8 else { return nil }
        }
        let all = groups.flatMap { $0 }
        func join(_ part: ArraySlice<UInt16>) -> UInt64 { part.reduce(0) { $0 << 16 | UInt64($1) } }
        return (join(all[..<4]), join(all[4...]))
    }

    private static func groups(_ text: String, mayEndInV4: Bool) -> [UInt16]? {
        guard !text.isEmpty else { return [] }
        var groups: [UInt16] = []
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        for (index, part) in parts.enumerated() {
            if mayEndInV4, index == parts.count - 1, part.contains(".") {
                guard let v4 = v4(part) else { return nil }
                groups += [UInt16(v4 >> 16), UInt16(truncatingIfNeeded: v4)]
            } else {
                guard (1...4).contains(part.utf8.count), part.utf8.first != UInt8(ascii: "+"),
                    let group = UInt16(part, radix: 16)
                else { return nil }
                groups.append(group)
            }
        }
        return groups
    }

    /// "192.0.2.1", or RFC 5952's form of an IPv6 address.
    public var description: String {
        if isV4 { return [24, 16, 8, 0].map { String(low >> $0 & 0xFF) }.joined(separator: ".") }
        let groups = [high, low].flatMap { half in [48, 32, 16, 0].map { UInt16(truncatingIfNeeded: half >> $0) } }
        func text(_ part: ArraySlice<UInt16>) -> String {
            part.map { String($0, radix: 16) }.joined(separator: ":")
        }
        guard let zeros = Self.longestZeros(groups) else { return text(groups[...]) }
        return text(groups[..<zeros.lowerBound]) + "::" + text(groups[zeros.upperBound...])
    }

    /// RFC 5952 section 4.2: the first of the longest runs of at least two groups of zero.
    private static func longestZeros(_ groups: [UInt16]) -> Range<Int>? {
        var best: Range<Int>?
        var start = 0
        while start < groups.count {
            let end = groups[start...].firstIndex { $0 != 0 } ?? groups.count
            if end - start >= 2, end - start > best?.count ?? 0 { best = start..<end }
            start = end + 1
        }
        return best
    }
}

/// A network: an address and how many of its bits count, as in "192.0.2.0/24" and "2001:db8::/32".
public struct IPPrefix: Sendable, Hashable, CustomStringConvertible {
    /// The network's first address.
    public let address: IPAddress
    /// Bits that count, of an IPv6 address's 128: an IPv4 prefix has 96 more than are written.
    public let length: Int

    /// Reads an address, or an address, "/" and a number of bits; nil where it is neither, or where bits are set that do not
    /// count, which is a mistake more often than not.
    public init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard let first = parts.first, parts.count <= 2, let address = IPAddress(first) else { return nil }
        var length = 128
        if parts.count == 2 {
            let isV4 = !first.contains(":")
            guard let bits = Int(parts[1]), (0...(isV4 ? 32 : 128)).contains(bits) else { return nil }
            length = isV4 ? bits + 96 : bits
        }
        self.address = address
        self.length = length
        guard address.high & ~Self.mask(length) == 0, address.low & ~Self.mask(length - 64) == 0 else { return nil }
    }

    /// Whether an address is in the network.
    public func contains(_ other: IPAddress) -> Bool {
        (address.high ^ other.high) & Self.mask(length) == 0
            && (address.low ^ other.low) & Self.mask(length - 64) == 0
    }

    /// The first `bits` of 64 set; all for more, none for fewer than one.
    private static func mask(_ bits: Int) -> UInt64 {
        bits >= 64 ? .max : bits <= 0 ? 0 : ~(UInt64.max >> UInt64(bits))
    }

    /// As it is read.
    public var description: String { "\(address)/\(address.isV4 && length >= 96 ? length - 96 : length)" }
}

/// A UUID made of a name (RFC 9562 section 5.5): the same name gives the same UUID everywhere.
public struct UUIDv5: Hashable, Sendable, CustomStringConvertible {
    /// The 16 octets, most significant first.
    public let octets: [UInt8]

    /// RFC 9562 section 6.6: the name space of X.500 distinguished names.
    public static let x500: [UInt8] = [
        0x6B, 0xA7, 0xB8, 0x14, 0x9D, 0xAD, 0x11, 0xD1, 0x80, 0xB4, 0x00, 0xC0, 0x4F, 0xD4, 0x30, 0xC8,
    ]
    /// RFC 9562 section 6.6: the name space of object identifiers.
    public static let oid: [UInt8] = [
        0x6B, 0xA7, 0xB8, 0x12, 0x9D, 0xAD, 0x11, 0xD1, 0x80, 0xB4, 0x00, 0xC0, 0x4F, 0xD4, 0x30, 0xC8,
    ]

    /// The UUID of a name in a name space, which is a UUID of 16 octets itself.
    public init(namespace: [UInt8], name: [UInt8]) {
        var octets = Array(SHA1.digest(of: namespace + name).prefix(16))
        octets[6] = octets[6] & 0x0F | 0x50
        octets[8] = octets[8] & 0x3F | 0x80
        self.octets = octets
    }

    /// The UUID in 36 characters, with small letters (RFC 9562 section 4).
    public var description: String { String(decoding: text, as: UTF8.self) }

    /// `description` in UTF-8.
    public var text: [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(36)
        for (index, octet) in octets.enumerated() {
            if index == 4 || index == 6 || index == 8 || index == 10 { text.append(UInt8(ascii: "-")) }
            text.append(Self.digit(octet >> 4))
            text.append(Self.digit(octet & 0x0F))
        }
        return text
    }

    private static func digit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x61 + value - 10 }
}

/// SHA-1 (FIPS 180-4 section 6.1), for UUIDs of version 5 only: nothing is made secure with it.
enum SHA1 {
    /// The digest's 20 octets.
    static func digest(of message: [UInt8]) -> [UInt8] {
        var state: [5 of UInt32] = [0x6745_2301, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476, 0xC3D2_E1F0]
        let padded = pad(message)
        var words = [80 of UInt32](repeating: 0)
        for block in stride(from: 0, to: padded.count, by: 64) {
            schedule(padded.span, block, &words)
            compress(&state, words)
        }
        return state.indices.flatMap { index in
            (0..<4).map { UInt8(truncatingIfNeeded: state[index] >> UInt32(24 - 8 * $0)) }
        }
    }

    /// Section 5.1.1: a one bit, zeros, and the length in bits, up to a multiple of 64 octets.
    private static func pad(_ message: [UInt8]) -> [UInt8] {
        let count = (message.count + 9 + 63) / 64 * 64
        var padded = message
        padded.reserveCapacity(count)
        padded.append(0x80)
        padded.append(contentsOf: repeatElement(0, count: count - 8 - padded.count))
        let bits = UInt64(message.count) &* 8
        for shift in stride(from: 56 as UInt64, through: 0, by: -8) {
            padded.append(UInt8(truncatingIfNeeded: bits >> shift))
        }
        return padded
    }

    private static func schedule(_ octets: Span<UInt8>, _ block: Int, _ words: inout [80 of UInt32]) {
        for index in 0..<16 {
            let place = block + 4 * index
            words[index] =
                UInt32(octets[place]) << 24 | UInt32(octets[place + 1]) << 16 | UInt32(octets[place + 2]) << 8
                | UInt32(octets[place + 3])
        }
        for index in 16..<80 {
            let mixed = words[index - 3] ^ words[index - 8] ^ words[index - 14] ^ words[index - 16]
            words[index] = mixed << 1 | mixed >> 31
        }
    }

    private static func compress(_ state: inout [5 of UInt32], _ words: borrowing [80 of UInt32]) {
        var (a, b, c, d, e) = (state[0], state[1], state[2], state[3], state[4])
        for index in 0..<80 {
            let mixed: UInt32
            switch index {
            case ..<20: mixed = (b & c | ~b & d) &+ 0x5A82_7999
            case ..<40: mixed = (b ^ c ^ d) &+ 0x6ED9_EBA1
            case ..<60: mixed = (b & c | b & d | c & d) &+ 0x8F1B_BCDC
            default: mixed = (b ^ c ^ d) &+ 0xCA62_C1D6
            }
            let next = (a << 5 | a >> 27) &+ mixed &+ e &+ words[index]
            (e, d, c, b, a) = (d, c, b << 30 | b >> 2, a, next)
        }
        state[0] &+= a
        state[1] &+= b
        state[2] &+= c
        state[3] &+= d
        state[4] &+= e
    }
}

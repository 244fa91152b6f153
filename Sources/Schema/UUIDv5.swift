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

    /// RFC 9562 section 6.6: the name space of URLs.
    public static let url: [UInt8] = [
        0x6B, 0xA7, 0xB8, 0x11, 0x9D, 0xAD, 0x11, 0xD1, 0x80, 0xB4, 0x00, 0xC0, 0x4F, 0xD4, 0x30, 0xC8,
    ]

    /// The UUID of a name in a name space, which is a UUID of 16 octets itself.
    public init(namespace: [UInt8], name: [UInt8]) {
        var octets = SHA1.digest(of: namespace + name)
        octets.removeLast(4)
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
    /// The five words of section 6.1.
    private struct State {
        var a: UInt32 = 0x6745_2301
        var b: UInt32 = 0xEFCD_AB89
        var c: UInt32 = 0x98BA_DCFE
        var d: UInt32 = 0x1032_5476
        var e: UInt32 = 0xC3D2_E1F0

        /// One round, with the value of the round's function and constant.
        @inline(__always)
        mutating func turn(_ mixed: UInt32, _ word: UInt32) {
            let next = (a << 5 | a >> 27) &+ mixed &+ e &+ word
            e = d
            d = c
            c = b << 30 | b >> 2
            b = a
            a = next
        }

        mutating func add(_ other: State) {
            a &+= other.a
            b &+= other.b
            c &+= other.c
            d &+= other.d
            e &+= other.e
        }
    }

    /// The digest's 20 octets.
    static func digest(of message: [UInt8]) -> [UInt8] {
        var state = State()
        let padded = pad(message)
        var block = 0
        while block < padded.count {
            compress(&state, padded.span.extracting(block..<block + 64))
            block += 64
        }
        var digest: [UInt8] = []
        digest.reserveCapacity(20)
        for word in [state.a, state.b, state.c, state.d, state.e] {
            for shift: UInt32 in [24, 16, 8, 0] { digest.append(UInt8(truncatingIfNeeded: word >> shift)) }
        }
        return digest
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

    /// Section 6.1.3: only 16 words of the schedule are kept. A loop for each function keeps the rounds free of branches:
    /// an import makes a million of these.
    private static func compress(_ state: inout State, _ octets: Span<UInt8>) {
        var words = [16 of UInt32](repeating: 0)
        for index in 0..<16 {
            let place = 4 &* index
            words[index] =
                UInt32(octets[place]) << 24 | UInt32(octets[place &+ 1]) << 16 | UInt32(octets[place &+ 2]) << 8
                | UInt32(octets[place &+ 3])
        }
        var next = state
        for index in 0..<16 {
            next.turn((next.b & next.c | ~next.b & next.d) &+ 0x5A82_7999, words[index])
        }
        for index in 16..<20 {
            next.turn((next.b & next.c | ~next.b & next.d) &+ 0x5A82_7999, extend(&words, index))
        }
        for index in 20..<40 {
            next.turn((next.b ^ next.c ^ next.d) &+ 0x6ED9_EBA1, extend(&words, index))
        }
        for index in 40..<60 {
            let majority = next.b & next.c | next.b & next.d | next.c & next.d
            next.turn(majority &+ 0x8F1B_BCDC, extend(&words, index))
        }
        for index in 60..<80 {
            next.turn((next.b ^ next.c ^ next.d) &+ 0xCA62_C1D6, extend(&words, index))
        }
        state.add(next)
    }

    /// The schedule's word for a round after the first 16.
    @inline(__always)
    private static func extend(_ words: inout [16 of UInt32], _ index: Int) -> UInt32 {
        let mixed =
            words[(index &- 3) & 15] ^ words[(index &- 8) & 15] ^ words[(index &- 14) & 15] ^ words[index & 15]
        let word = mixed << 1 | mixed >> 31
        words[index & 15] = word
        return word
    }
}

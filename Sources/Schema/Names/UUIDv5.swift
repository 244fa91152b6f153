/// Name-based UUIDs (RFC 9562 section 5.5): SHA-1 of a namespace and a name, which anybody can compute again.
public enum UUIDv5 {
    /// The UUID of a name in a namespace.
    ///
    /// - Parameters:
    ///   - name: the name's octets.
    ///   - namespace: a UUID's sixteen octets.
    /// - Returns: sixteen octets.
    public static func octets(of name: [UInt8], in namespace: [UInt8]) -> [UInt8] {
        var uuid = Array(SHA1.digest(of: namespace + name).prefix(16))
        uuid[6] = uuid[6] & 0x0F | 0x50
        uuid[8] = uuid[8] & 0x3F | 0x80
        return uuid
    }

    /// The text of a UUID's sixteen octets, lower-case.
    public static func text(of octets: [UInt8]) -> String {
        var text = ""
        for (index, octet) in octets.enumerated() {
            if [4, 6, 8, 10].contains(index) { text += "-" }
            text += String(octet >> 4, radix: 16) + String(octet & 0x0F, radix: 16)
        }
        return text
    }

    /// RFC 9562 section 6.6: the namespace of URLs, 6ba7b811-9dad-11d1-80b4-00c04fd430c8.
    public static let urlNamespace: [UInt8] = [
        0x6B, 0xA7, 0xB8, 0x11, 0x9D, 0xAD, 0x11, 0xD1, 0x80, 0xB4, 0x00, 0xC0, 0x4F, 0xD4, 0x30, 0xC8,
    ]
}

/// SHA-1 (FIPS 180-4), for name-based UUIDs and nothing else: those are defined by it. Neither the standard library nor
/// Foundation on Linux has it, and this module stands below the ones that may use OpenSSL.
enum SHA1 {
    static func digest(of message: [UInt8]) -> [UInt8] {
        var state: [UInt32] = [0x6745_2301, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476, 0xC3D2_E1F0]
        var padded = message + [0x80]
        padded += Array(repeating: 0, count: (120 - padded.count % 64) % 64)
        let bits = UInt64(message.count) * 8
        padded += (0..<8).map { UInt8(truncatingIfNeeded: bits >> (56 - 8 * UInt64($0))) }
        for block in stride(from: 0, to: padded.count, by: 64) { add(padded[block..<(block + 64)], to: &state) }
        return state.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> (24 - 8 * UInt32($0))) } }
    }

    private static func add(_ block: ArraySlice<UInt8>, to state: inout [UInt32]) {
        var words: [UInt32] = []
        for index in stride(from: block.startIndex, to: block.endIndex, by: 4) {
            words.append(block[index..<(index + 4)].reduce(0) { $0 << 8 | UInt32($1) })
        }
        for index in 16..<80 {
            let mixed = words[index - 3] ^ words[index - 8] ^ words[index - 14] ^ words[index - 16]
            words.append(mixed << 1 | mixed >> 31)
        }
        var (a, b, c, d, e) = (state[0], state[1], state[2], state[3], state[4])
        for index in 0..<80 {
            let (f, constant): (UInt32, UInt32) =
                switch index {
                case 0..<20: (b & c | ~b & d, 0x5A82_7999)
                case 20..<40: (b ^ c ^ d, 0x6ED9_EBA1)
                case 40..<60: (b & c | b & d | c & d, 0x8F1B_BCDC)
                default: (b ^ c ^ d, 0xCA62_C1D6)
                }
            let next = (a << 5 | a >> 27) &+ f &+ e &+ constant &+ words[index]
            (a, b, c, d, e) = (next, a, b << 30 | b >> 2, c, d)
        }
        for (index, word) in [a, b, c, d, e].enumerated() { state[index] &+= word }
    }
}

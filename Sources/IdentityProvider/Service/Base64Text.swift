/// RFC 4648 section 4.
enum Base64Text {
    private static let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    static func encode(_ octets: [UInt8]) -> String {
        var text: [UInt8] = []
        for start in stride(from: 0, to: octets.count, by: 3) {
            let group = octets[start..<min(start + 3, octets.count)]
            var bits = group.reduce(0 as UInt32) { $0 << 8 | UInt32($1) } << UInt32(8 * (3 - group.count))
            var quad: [UInt8] = []
            for _ in 0..<4 {
                quad.insert(digits[Int(bits & 63)], at: 0)
                bits >>= 6
            }
            for padding in 0..<3 - group.count { quad[3 - padding] = UInt8(ascii: "=") }
            text += quad
        }
        return String(decoding: text, as: UTF8.self)
    }
}

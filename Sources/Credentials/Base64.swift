/// RFC 4648's base 64, and passlib's "adapted" form of it: `.` for `+`, and no padding.
enum Base64 {
    /// The octets, or nil where the text is not base 64 whole: no other character, padding where it belongs, and no bits
    /// left over that an encoder would not have written.
    static func decode(_ text: Span<UInt8>, isAdapted: Bool = false) -> [UInt8]? {
        var end = text.count
        if !isAdapted {
            guard text.count % 4 == 0 else { return nil }
            var padding = 0
            while end > 0, padding < 2, text[end - 1] == UInt8(ascii: "=") {
                end -= 1
                padding += 1
            }
        }
        var result: [UInt8] = []
        result.reserveCapacity(end * 3 / 4)
        var bits: UInt32 = 0
        var count = 0
        for index in 0..<end {
            guard let digit = value(of: text[index], isAdapted: isAdapted) else { return nil }
            bits = bits << 6 | digit
            count += 6
            if count >= 8 {
                count -= 8
                result.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
            }
        }
        guard count < 6, bits & (1 << UInt32(count) - 1) == 0 else { return nil }
        return result
    }

    /// The text of `octets`: padded, or in passlib's form.
    static func encode(_ octets: [UInt8], isAdapted: Bool = false) -> String {
        let digits = Array(
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789\(isAdapted ? "." : "+")/".utf8)
        var text: [UInt8] = []
        text.reserveCapacity((octets.count + 2) / 3 * 4)
        var bits: UInt32 = 0
        var count: UInt32 = 0
        for octet in octets {
            bits = bits << 8 | UInt32(octet)
            count += 8
            while count >= 6 {
                count -= 6
                text.append(digits[Int(bits >> count & 63)])
            }
        }
        if count > 0 { text.append(digits[Int(bits << (6 - count) & 63)]) }
        while !isAdapted && text.count % 4 != 0 { text.append(UInt8(ascii: "=")) }
        return String(decoding: text, as: UTF8.self)
    }

    private static func value(of octet: UInt8, isAdapted: Bool) -> UInt32? {
        switch octet {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(octet - UInt8(ascii: "A"))
        case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(octet - UInt8(ascii: "a")) + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(octet - UInt8(ascii: "0")) + 52
        case UInt8(ascii: "+") where !isAdapted, UInt8(ascii: ".") where isAdapted: 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }
}

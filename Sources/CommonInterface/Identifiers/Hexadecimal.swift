/// Octets as pairs of hexadecimal digits.
public enum Hexadecimal {
    /// Lower-case digits.
    public static func text(of octets: some Sequence<UInt8>) -> String {
        var text: [UInt8] = []
        for octet in octets { text += [digit(octet >> 4), digit(octet & 0x0F)] }
        return String(decoding: text, as: UTF8.self)
    }

    /// Reads pairs of digits of either case; nil for anything else.
    public static func octets(of text: some StringProtocol) -> [UInt8]? {
        let digits = text.utf8.map(value)
        guard digits.count.isMultiple(of: 2) else { return nil }
        var octets: [UInt8] = []
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let high = digits[index], let low = digits[index + 1] else { return nil }
            octets.append(high << 4 | low)
        }
        return octets
    }

    static func value(of digit: UInt8) -> UInt8? {
        switch digit {
        case 0x30...0x39: digit - 0x30
        case 0x41...0x46: digit - 0x41 + 10
        case 0x61...0x66: digit - 0x61 + 10
        default: nil
        }
    }

    private static func digit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x61 + value - 10 }
}

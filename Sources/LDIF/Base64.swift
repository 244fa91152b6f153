/// RFC 4648 section 4 base64, strict: RFC 2849 note 10 b) permits no foreign characters.
enum Base64 {
    /// Octets of the base64 text of `count` octets, padding included.
    static func encodedLength(of count: Int) -> Int {
        (count + 2) / 3 * 4
    }

    /// Appends the base64 text of `bytes`, padded.
    static func encode(_ bytes: Span<UInt8>, into output: inout [UInt8]) {
        let alphabet = alphabet
        var index = 0
        while index + 3 <= bytes.count {
            let group = Int(bytes[index]) << 16 | Int(bytes[index + 1]) << 8 | Int(bytes[index + 2])
            output.append(alphabet[group >> 18])
            output.append(alphabet[group >> 12 & 63])
            output.append(alphabet[group >> 6 & 63])
            output.append(alphabet[group & 63])
            index += 3
        }
        let rest = bytes.count - index
        guard rest > 0 else { return }
        let group = Int(bytes[index]) << 16 | (rest == 2 ? Int(bytes[index + 1]) << 8 : 0)
        output.append(alphabet[group >> 18])
        output.append(alphabet[group >> 12 & 63])
        output.append(rest == 2 ? alphabet[group >> 6 & 63] : padding)
        output.append(padding)
    }

    /// Decodes the text that `buffer` holds in `range`, in place.
    /// - Returns: the end of the octets, which begin where the text began; or where the first mistake is.
    static func decode(
        _ buffer: inout MutableSpan<UInt8>, _ range: Range<Int>
    ) -> Result<Int, Base64Mistake> {
        let values = values
        var output = range.lowerBound
        var group: UInt32 = 0
        var characters = 0
        var index = range.lowerBound
        while index < range.upperBound {
            let value = values[Int(buffer[index])]
            if value > 63 { break }
            group = group << 6 | UInt32(value)
            characters += 1
            index += 1
            if characters == 4 {
                buffer[output] = UInt8(truncatingIfNeeded: group >> 16)
                buffer[output + 1] = UInt8(truncatingIfNeeded: group >> 8)
                buffer[output + 2] = UInt8(truncatingIfNeeded: group)
                output += 3
                characters = 0
                group = 0
            }
        }
        let padded = range.upperBound - index
        guard padded == 0 || buffer[index] == padding else { return .failure(.character(at: index)) }
        if characters == 0 {
            return padded == 0 ? .success(output) : .failure(.length(at: index))
        }
        guard characters >= 2, characters + padded == 4, buffer[range.upperBound - 1] == padding else {
            return .failure(.length(at: index))
        }
        // The bits beyond the last octet are zero in what encoders write; others show that text was cut.
        let stray = characters == 2 ? group & 0xF : group & 0x3
        guard stray == 0 else { return .failure(.length(at: index - 1)) }
        if characters == 2 {
            buffer[output] = UInt8(truncatingIfNeeded: group >> 4)
            return .success(output + 1)
        }
        buffer[output] = UInt8(truncatingIfNeeded: group >> 10)
        buffer[output + 1] = UInt8(truncatingIfNeeded: group >> 2)
        return .success(output + 2)
    }

    private static let padding = UInt8(ascii: "=")
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    private static let values: [UInt8] = {
        var values = [UInt8](repeating: 0xFF, count: 256)
        for (value, character) in alphabet.enumerated() { values[Int(character)] = UInt8(value) }
        return values
    }()
}

/// Where base64 text is wrong.
enum Base64Mistake: Error {
    /// A character outside the alphabet.
    case character(at: Int)
    /// Characters are missing or too many: groups of four, padded at the end only.
    case length(at: Int)
}

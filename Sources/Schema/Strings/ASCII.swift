/// The character classes of RFC 4512 section 1.4, for octets.
enum ASCII {
    static let space: UInt8 = 0x20
    static let quote: UInt8 = 0x27
    static let leftParenthesis: UInt8 = 0x28
    static let rightParenthesis: UInt8 = 0x29
    static let dollar: UInt8 = 0x24
    static let number: UInt8 = 0x23
    static let hyphen: UInt8 = 0x2D
    static let dot: UInt8 = 0x2E
    static let colon: UInt8 = 0x3A
    static let semicolon: UInt8 = 0x3B
    static let equals: UInt8 = 0x3D
    static let comma: UInt8 = 0x2C
    static let plus: UInt8 = 0x2B
    static let backslash: UInt8 = 0x5C
    static let leftBrace: UInt8 = 0x7B
    static let rightBrace: UInt8 = 0x7D

    @inline(__always)
    static func lowercased(_ octet: UInt8) -> UInt8 {
        octet &- 0x41 < 26 ? octet | 0x20 : octet
    }

    @inline(__always)
    static func isDigit(_ octet: UInt8) -> Bool { octet &- 0x30 < 10 }

    @inline(__always)
    static func isLetter(_ octet: UInt8) -> Bool { (octet | 0x20) &- 0x61 < 26 }

    /// `keychar` of RFC 4512: a letter, a digit or a hyphen.
    static func isKeyCharacter(_ octet: UInt8) -> Bool { isLetter(octet) || isDigit(octet) || octet == hyphen }

    /// `PrintableCharacter` of RFC 4517 section 3.2.
    static func isPrintable(_ octet: UInt8) -> Bool {
        switch octet {
        case 0x20, 0x27, 0x28, 0x29, 0x2B...0x2F, 0x3A, 0x3D, 0x3F: true
        default: isLetter(octet) || isDigit(octet)
        }
    }

    /// The value of a hexadecimal digit, or nil.
    static func hexadecimal(_ octet: UInt8) -> UInt8? {
        switch octet {
        case 0x30...0x39: octet - 0x30
        case 0x41...0x46: octet - 0x41 + 10
        case 0x61...0x66: octet - 0x61 + 10
        default: nil
        }
    }

    /// Whether the octets are a numeric OID: two or more arcs without leading zeros (RFC 4512 section 1.4).
    static func isNumericOID(_ octets: Span<UInt8>) -> Bool {
        var arcs = 0
        var digits = 0
        var leadingZero = false
        for index in 0..<octets.count {
            if isDigit(octets[index]) {
                if digits == 1, leadingZero { return false }
                if digits == 0 { leadingZero = octets[index] == 0x30 }
                digits += 1
            } else if octets[index] == dot, digits > 0 {
                arcs += 1
                digits = 0
            } else {
                return false
            }
        }
        return digits > 0 && arcs > 0
    }

    /// Whether the octets are a `descr`: a letter, then letters, digits and hyphens (RFC 4512 section 1.4).
    static func isDescriptor(_ octets: Span<UInt8>) -> Bool {
        guard octets.count > 0, isLetter(octets[0]) else { return false }
        for index in 1..<octets.count where !isKeyCharacter(octets[index]) { return false }
        return true
    }
}

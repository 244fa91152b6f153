/// The tables of RFC 3454 that RFC 4013 names.
enum SASLprepTables {
    /// Table B.1.
    static func isMappedToNothing(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0xAD, 0x34F, 0x1806, 0x180B...0x180D, 0x200B...0x200D, 0x2060, 0xFE00...0xFE0F, 0xFEFF: true
        default: false
        }
    }

    /// Table C.1.2.
    static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0xA0, 0x1680, 0x2000...0x200B, 0x202F, 0x205F, 0x3000: true
        default: false
        }
    }

    /// Tables C.1.2, C.2.1, C.2.2 and C.3 to C.9, and what Unicode gives no meaning.
    static func isProhibited(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0...0x1F, 0x7F...0x9F: return true
        case 0x340, 0x341, 0x6DD, 0x70F, 0x180E, 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x2063, 0x206A...0x206F:
            return true
        case 0x2FF0...0x2FFB, 0xFEFF, 0xFFF9...0xFFFD, 0x1D173...0x1D17A, 0xE0001, 0xE0020...0xE007F: return true
        default: break
        }
        if isSpace(scalar) || scalar.properties.isNoncharacterCodePoint { return true }
        switch scalar.properties.generalCategory {
        case .unassigned, .privateUse, .surrogate: return true
        default: return false
        }
    }

    /// Table D.1.
    static func isRightToLeft(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x5BE: false
        case 0x5BE, 0x5C0, 0x5C3, 0x5D0...0x5EA, 0x5F0...0x5F4, 0x61B, 0x61F, 0x621...0x63A, 0x640...0x64A: true
        case 0x66D...0x66F, 0x671...0x6D5, 0x6DD, 0x6E5...0x6E6, 0x6FA...0x6FE, 0x700...0x70D, 0x710: true
        case 0x712...0x72C, 0x780...0x7A5, 0x7B1, 0x200F, 0xFB1D, 0xFB1F...0xFB28, 0xFB2A...0xFB36: true
        case 0xFB38...0xFB3C, 0xFB3E, 0xFB40...0xFB41, 0xFB43...0xFB44, 0xFB46...0xFBB1, 0xFBD3...0xFD3D: true
        case 0xFD50...0xFD8F, 0xFD92...0xFDC7, 0xFDF0...0xFDFC, 0xFE70...0xFE74, 0xFE76...0xFEFC: true
        default: false
        }
    }

    /// Table D.2, by general category: the letters that are not of table D.1.
    static func isLeftToRight(_ scalar: Unicode.Scalar) -> Bool {
        guard !isRightToLeft(scalar) else { return false }
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .letterNumber,
            .spacingMark:
            return true
        default: return false
        }
    }
}

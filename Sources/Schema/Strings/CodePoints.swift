/// The tables of RFC 4518 sections 2.2 and 2.4, by general category where the RFC names one.
enum CodePoints {
    enum Mapping {
        case toNothing, toSpace, toItself
    }

    /// Section 2.2, without case folding.
    static func mapping(_ scalar: Unicode.Scalar) -> Mapping {
        switch scalar.value {
        case 0x09...0x0D, 0x85: return .toSpace
        case 0x20...0x7E: return scalar.value == 0x20 ? .toSpace : .toItself
        case 0xAD, 0x1806, 0x34F, 0x180B...0x180D, 0xFE00...0xFE0F, 0xFFFC: return .toNothing
        case 0x00...0x1F, 0x7F...0x9F, 0x6DD, 0x70F, 0x180E, 0x200B...0x200F, 0x202A...0x202E, 0x2060...0x2063,
            0x206A...0x206F, 0xFEFF, 0xFFF9...0xFFFB, 0x1D173...0x1D17A, 0xE0001, 0xE0020...0xE007F:
            return .toNothing
        case 0xA0, 0x1680, 0x2000...0x200A, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000: return .toSpace
        default: return .toItself
        }
    }

    /// Maps a string, folding case in the same pass.
    static func map(_ scalars: String.UnicodeScalarView, folding: Bool) -> String.UnicodeScalarView {
        var mapped = String.UnicodeScalarView()
        for scalar in scalars {
            switch mapping(scalar) {
            case .toNothing: continue
            case .toSpace: mapped.append(" ")
            case .toItself:
                if folding { CaseFolding.append(scalar, to: &mapped) } else { mapped.append(scalar) }
            }
        }
        return mapped
    }

    /// Section 2.4: unassigned and private use code points, non-characters, the replacement character, and those that
    /// change how text is displayed.
    ///
    /// "Unassigned" is taken from the Unicode version of the toolchain and not from 3.2, whose table would prohibit
    /// letters and symbols that names have had since 2002; OpenLDAP has no such table either.
    static func isProhibited(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0...0x2FF: false
        case 0xFFFD, 0x340, 0x341: true
        default:
            switch scalar.properties.generalCategory {
            case .unassigned, .privateUse, .surrogate: true
            default: scalar.properties.isNoncharacterCodePoint
            }
        }
    }

    /// Whether a code point combines with the one before it.
    static func isCombiningMark(_ scalar: Unicode.Scalar) -> Bool {
        guard scalar.value >= 0x300 else { return false }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .spacingMark, .enclosingMark: return true
        default: return false
        }
    }
}

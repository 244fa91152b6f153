/// Full case folding, as table B.2 of RFC 3454 has it, from Unicode's case mappings.
///
/// OpenLDAP maps to lower case one code point at a time; RFC 4518 section 2.2 asks for B.2, and so "STRASSE" equals
/// "Straße" here.
enum CaseFolding {
    /// Whether folding changes the code point.
    static func changes(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value < 0x80 ? scalar.value &- 0x41 < 26 : scalar.properties.changesWhenCaseFolded
    }

    /// Appends the fold of one code point: the lower case of its upper case, by way of its lower case, which brings
    /// U+1E9E to "ss" as U+00DF. Letters that fold to themselves though they have an upper case (U+0131) are left alone.
    static func append(_ scalar: Unicode.Scalar, to folded: inout String.UnicodeScalarView) {
        guard changes(scalar) else { return folded.append(scalar) }
        if scalar.value < 0x80 { return folded.append(Unicode.Scalar(UInt8(scalar.value) | 0x20)) }
        for lower in scalar.properties.lowercaseMapping.unicodeScalars {
            for upper in lower.properties.uppercaseMapping.unicodeScalars {
                folded.append(contentsOf: upper.properties.lowercaseMapping.unicodeScalars)
            }
        }
    }

    static func fold(_ scalars: String.UnicodeScalarView) -> String.UnicodeScalarView {
        var folded = String.UnicodeScalarView()
        for scalar in scalars { append(scalar, to: &folded) }
        return folded
    }
}

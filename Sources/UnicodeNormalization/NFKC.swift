import Foundation

/// Unicode normalization form KC, as RFC 4518 section 2.3 and RFC 4013 section 2.2 ask for it.
///
/// Foundation's own function for it leaves what the compatibility decomposition brings out uncomposed (halfwidth "ｶﾞ");
/// decomposing and composing in two steps does not. Its composition also takes old Hangul letters for modern ones; they
/// compose with nothing, and so stay out of what it is given.
public enum NFKC {
    /// The normalised text.
    public static func normalize(_ scalars: String.UnicodeScalarView) -> String.UnicodeScalarView {
        let decomposed = String(scalars).decomposedStringWithCompatibilityMapping.unicodeScalars
        guard decomposed.contains(where: isOldHangul) else { return compose(decomposed) }
        var composed = String.UnicodeScalarView()
        var segment = String.UnicodeScalarView()
        for scalar in decomposed {
            if isOldHangul(scalar) {
                composed.append(contentsOf: compose(segment))
                composed.append(scalar)
                segment = String.UnicodeScalarView()
            } else {
                segment.append(scalar)
            }
        }
        composed.append(contentsOf: compose(segment))
        return composed
    }

    private static func compose(_ scalars: String.UnicodeScalarView) -> String.UnicodeScalarView {
        String(scalars).precomposedStringWithCanonicalMapping.unicodeScalars
    }

    private static func isOldHangul(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x1113...0x115F, 0x1176...0x11A7, 0x11C3...0x11FF: true
        default: false
        }
    }
}

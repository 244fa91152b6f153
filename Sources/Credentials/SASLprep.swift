import UnicodeNormalization

/// SASLprep (RFC 4013): how a user name or password becomes the octets that are hashed or looked for.
///
/// ASCII, which nearly all are, is not copied on the way but into the result. Other text goes through strings that nobody can wipe.
enum SASLprep {
    /// The prepared text in UTF-8; nil where it is not UTF-8 or holds what section 2.3 prohibits, or where the directions
    /// of its letters are mixed (section 2.4).
    ///
    /// Code points without a meaning are refused for stored strings and queries alike; "without a meaning" is what the
    /// toolchain's Unicode version says, not version 3.2, which would refuse letters in use since 2002.
    static func prepare(_ text: Span<UInt8>) -> [UInt8]? {
        var ascii: [UInt8] = []
        ascii.reserveCapacity(text.count)
        for index in text.indices {
            let octet = text[index]
            guard octet < 0x80 else {
                LibCrypto.wipe(&ascii)
                return prepareUnicode(text)
            }
            guard octet >= 0x20, octet != 0x7F else {
                LibCrypto.wipe(&ascii)
                return nil
            }
            ascii.append(octet)
        }
        return ascii
    }

    private static func prepareUnicode(_ text: Span<UInt8>) -> [UInt8]? {
        var octets = text.copied()
        defer { LibCrypto.wipe(&octets) }
        guard let string = String(validating: octets, as: UTF8.self) else { return nil }
        var mapped = String.UnicodeScalarView()
        for scalar in string.unicodeScalars {
            // U+200B is in both tables; the SASLprep of others takes it for a space.
            if SASLprepTables.isSpace(scalar) {
                mapped.append(" ")
            } else if !SASLprepTables.isMappedToNothing(scalar) {
                mapped.append(scalar)
            }
        }
        let normalized = NFKC.normalize(mapped)
        guard !normalized.contains(where: SASLprepTables.isProhibited), hasOneDirection(normalized) else { return nil }
        return Array(String(normalized).utf8)
    }

    /// RFC 3454 section 6: text with a letter written from right to left begins and ends with one, and has none written
    /// from left to right.
    private static func hasOneDirection(_ scalars: String.UnicodeScalarView) -> Bool {
        guard scalars.contains(where: SASLprepTables.isRightToLeft) else { return true }
        guard let first = scalars.first, let last = scalars.last else { return true }
        return SASLprepTables.isRightToLeft(first) && SASLprepTables.isRightToLeft(last)
            && !scalars.contains(where: SASLprepTables.isLeftToRight)
    }
}

import Foundation

/// The field `Repr-Digest` (RFC 9530 section 3).
enum ReprDigest {
    /// The SHA-256 in a field's value; nil where there is none, or several, or it is malformed.
    static func sha256(_ value: String) -> [UInt8]? {
        let found = value.split(separator: ",").compactMap { member -> Substring? in
            let text = member.drop { $0 == " " || $0 == "\t" }
            return text.hasPrefix("sha-256=:") ? text.dropFirst("sha-256=:".count) : nil
        }
        guard found.count == 1, let text = found.first, let end = text.firstIndex(of: ":"),
            let octets = Data(base64Encoded: String(text[..<end])), octets.count == 32
        else { return nil }
        return Array(octets)
    }
}

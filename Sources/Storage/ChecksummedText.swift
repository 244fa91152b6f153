/// A small text file whose first line says what it is and whose last line is the checksum of those before it.
public enum ChecksummedText {
    /// The file's octets.
    public static func make(_ title: String, _ lines: [String]) -> [UInt8] {
        var octets = Array(([title] + lines).map { $0 + "\n" }.joined().utf8)
        octets += Array("crc32c \(checksum(octets[...]))\n".utf8)
        return octets
    }

    /// The lines between the two; nil where the checksum is wrong, the title is another or anything stands behind.
    public static func lines(of octets: [UInt8], title: String) -> [Substring]? {
        guard octets.last == UInt8(ascii: "\n"),
            let end = octets.dropLast().lastIndex(of: UInt8(ascii: "\n")),
            Array(octets[(end + 1)...]) == Array("crc32c \(checksum(octets[...end]))\n".utf8),
            let text = String(validating: octets[..<end], as: UTF8.self)
        else { return nil }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        return lines.first.map(String.init) == title ? Array(lines.dropFirst()) : nil
    }

    private static func checksum(_ octets: ArraySlice<UInt8>) -> String {
        let digits = String(CRC32C.checksum(Array(octets).span), radix: 16)
        return String(repeating: "0", count: 8 - digits.count) + digits
    }
}

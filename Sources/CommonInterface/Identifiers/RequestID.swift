/// What `X-Request-ID` holds: a UUID in its 36 characters, echoed and logged at both ends.
public struct RequestID: Hashable, Sendable, CustomStringConvertible {
    /// The header field's name.
    public static let header = "X-Request-ID"

    /// The UUID in lower case.
    public let text: String

    /// Reads a UUID (RFC 9562 section 4); nil for anything else, which must not reach a log.
    public init?(_ text: String) {
        let octets = Array(text.utf8)
        guard octets.count == 36 else { return nil }
        for (index, octet) in octets.enumerated() {
            let isHyphen = [8, 13, 18, 23].contains(index)
            guard isHyphen ? octet == UInt8(ascii: "-") : Hexadecimal.value(of: octet) != nil else { return nil }
        }
        self.text = text.lowercased()
    }

    /// A version 4 UUID of 16 random octets; nil where there are not 16.
    public init?(random octets: [UInt8]) {
        guard octets.count == 16 else { return nil }
        var octets = octets
        octets[6] = octets[6] & 0x0F | 0x40
        octets[8] = octets[8] & 0x3F | 0x80
        var text = ""
        for (index, octet) in octets.enumerated() {
            if [4, 6, 8, 10].contains(index) { text += "-" }
            text += Hexadecimal.text(of: [octet])
        }
        self.text = text
    }

    /// The UUID.
    public var description: String { text }
}

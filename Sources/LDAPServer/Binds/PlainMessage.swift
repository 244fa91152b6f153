/// The one message of PLAIN (RFC 4616 section 2): `[authzid] NUL authcid NUL passwd`, as ranges of its octets.
struct PlainMessage {
    /// Who the client wants to act as; empty for whom it authenticates as.
    let authorizationID: String
    /// Who it says it is.
    let name: String
    let password: Range<Int>

    /// Octets of a name, as RFC 4616 section 2 bounds all three parts.
    static let longestPart = 255

    /// Reads a message; nil where it is none: other than two NULs, a name or password that is missing, a part that is not
    /// UTF-8. A password is not cut at a NUL: a message with a third one is refused.
    init?(_ message: Span<UInt8>) {
        let ends = message.indices.filter { message[$0] == 0 }
        guard ends.count == 2 else { return nil }
        guard let authorizationID = String(utf8: message.extracting(0..<ends[0])),
            let name = String(utf8: message.extracting(ends[0] + 1..<ends[1])),
            !name.isEmpty, name.utf8.count <= Self.longestPart, ends[1] + 1 < message.count
        else { return nil }
        self.authorizationID = authorizationID
        self.name = name
        password = ends[1] + 1..<message.count
    }
}

extension String {
    /// The text that `octets` are in UTF-8; nil where they are not.
    init?(utf8 octets: Span<UInt8>) {
        guard let text = String(validating: octets.array(), as: UTF8.self) else { return nil }
        self = text
    }
}

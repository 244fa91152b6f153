/// What a request is about (RFC 9112 section 3.2), taken apart and decoded. Nothing of it ever names a file here.
public struct RequestTarget: Sendable, Hashable {
    /// As it came, or is sent.
    public let text: String
    /// The path's segments, decoded: "/a/b%20c" is ["a", "b c"], "/a/" is ["a", ""], "/" is []. None is "." or "..", has a slash,
    /// a backslash or a control character, or is empty but the last.
    public let segments: [String]
    /// The query, not decoded; nil without a "?".
    public let query: String?
    /// Of the absolute form, which proxies are sent: for whom it is.
    public let authority: HTTPAuthority?
    /// Whether it is "*": the server as a whole.
    public let isAsterisk: Bool

    /// The path, decoded: "/" and the segments between slashes.
    public var path: String { "/" + segments.joined(separator: "/") }

    /// Reads a target in origin, absolute or asterisk form.
    init(parsing octets: ArraySlice<UInt8>) throws(HTTPMessageError) {
        text = String(octetByOctet: octets)
        isAsterisk = octets.elementsEqual("*".utf8)
        if isAsterisk {
            (segments, query, authority) = ([], nil, nil)
            return
        }
        let (authority, origin) = try Self.takingAuthority(of: octets)
        self.authority = authority
        let mark = origin.firstIndex(of: UInt8(ascii: "?")) ?? origin.endIndex
        segments = try Self.segments(of: origin[..<mark])
        guard mark < origin.endIndex else {
            query = nil
            return
        }
        let asked = origin[(mark + 1)...]
        guard asked.allSatisfy({ $0.isPathOctet || $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") }),
            PercentEncoding.decode(asked) != nil
        else { throw .malformed("the query has characters that a URI has not, or a bad percent-encoding") }
        query = String(octetByOctet: asked)
    }

    /// Splits the absolute form (RFC 9112 section 3.2.2).
    private static func takingAuthority(
        of octets: ArraySlice<UInt8>
    ) throws(HTTPMessageError) -> (HTTPAuthority?, ArraySlice<UInt8>) {
        if octets.first == UInt8(ascii: "/") { return (nil, octets) }
        let text = String(octetByOctet: octets)
        for scheme in ["http://", "https://"]
        where text.prefix(scheme.utf8.count).description.isEqualIgnoringCase(scheme) {
            let rest = octets.dropFirst(scheme.utf8.count)
            let end = rest.firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") } ?? rest.endIndex
            guard let authority = HTTPAuthority(parsing: String(octetByOctet: rest[..<end])) else { break }
            return (authority, rest[end...])
        }
        throw .malformed("the request target is neither a path nor a URI")
    }

    private static func segments(of path: ArraySlice<UInt8>) throws(HTTPMessageError) -> [String] {
        // Only the absolute form may leave the path out.
        guard !path.isEmpty, path.count > 1 else { return [] }
        var found: [String] = []
        let parts = path.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        for (index, part) in parts.enumerated() {
            guard part.allSatisfy(\.isPathOctet), let decoded = PercentEncoding.decode(part),
                let segment = String(validating: decoded, as: UTF8.self)
            else { throw .malformed("the path has characters that a URI has not, or a bad percent-encoding") }
            guard segment != ".", segment != "..", !segment.isEmpty || index == parts.count - 1,
                decoded.allSatisfy({ $0 >= 0x20 && $0 != 0x7F && $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "\\") })
            else { throw .malformed("the path has segments that lead elsewhere") }
            found.append(segment)
        }
        return found
    }

    /// The query as a form's names and values (application/x-www-form-urlencoded: "+" is a space); nil where it is not UTF-8.
    public var queryItems: [(name: String, value: String)]? {
        var items: [(name: String, value: String)] = []
        for item in (query ?? "").utf8.split(separator: UInt8(ascii: "&")) {
            let parts = item.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            let texts = parts.map { part in
                PercentEncoding.decode(part.map { $0 == UInt8(ascii: "+") ? .space : $0 })
                    .flatMap { String(validating: $0, as: UTF8.self) }
            }
            guard let name = texts[0], let value = texts.count > 1 ? texts[1] : "" else { return nil }
            items.append((name, value))
        }
        return items
    }
}

/// Which version of a representation it is (RFC 9110 section 8.8.3).
public struct EntityTag: Sendable, Hashable, CustomStringConvertible {
    /// What is between the quotes.
    public let value: String
    /// Whether versions that differ in octets may share it.
    public let isWeak: Bool

    /// A strong tag: equal tags mean equal octets. Characters that a tag cannot have are left out.
    public init(_ value: String) {
        self.value = String(octetByOctet: value.utf8.filter(Self.isFit))
        isWeak = false
    }

    /// Reads `"value"` or `W/"value"`; nil where it is neither.
    public init?(parsing text: some StringProtocol) {
        var octets = Array(text.utf8)[...]
        isWeak = octets.starts(with: "W/".utf8)
        if isWeak { octets = octets.dropFirst(2) }
        guard octets.count >= 2, octets.first == UInt8(ascii: "\""), octets.last == UInt8(ascii: "\"") else {
            return nil
        }
        let inner = octets.dropFirst().dropLast()
        guard inner.allSatisfy(Self.isFit) else { return nil }
        value = String(octetByOctet: inner)
    }

    private static func isFit(_ octet: UInt8) -> Bool {
        octet > 0x20 && octet < 0x7F && octet != UInt8(ascii: "\"")
    }

    /// The same octets for certain (RFC 9110 section 8.8.3.2).
    public func isStronglyEqual(to other: EntityTag) -> Bool { !isWeak && !other.isWeak && value == other.value }

    /// As it is written.
    public var description: String { (isWeak ? "W/" : "") + "\"\(value)\"" }
}

extension HTTPFields {
    /// The elements of If-Match or If-None-Match: nil without the field, none for "*" or where it is malformed. Tags here have no
    /// comma, so that the list splits at each.
    func entityTags(_ name: String) -> (tags: [EntityTag], isAny: Bool)? {
        guard let text = self[name] else { return nil }
        if text == "*" { return ([], true) }
        let tags = text.split(separator: ",").compactMap { element in
            EntityTag(parsing: String(octetByOctet: Array(element.utf8)[...].withoutOuterBlanks))
        }
        return (tags, false)
    }
}

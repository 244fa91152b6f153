/// Why a text is not a search filter (RFC 4515), and where. Two errors are equal when their reasons are.
public struct FilterSyntaxError: Error, Sendable {
    /// What was expected, for people; it never quotes the text.
    public let reason: StaticString
    /// The offset in octets of the text's UTF-8 at which it was expected.
    public let offset: Int
}

extension FilterSyntaxError: CustomStringConvertible {
    /// The offset, counted from 1, and the reason.
    public var description: String { "octet \(offset + 1): \(reason)" }
}

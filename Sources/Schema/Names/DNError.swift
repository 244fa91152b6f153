/// Why a text is not a distinguished name (RFC 4514). The text itself is never part of the error.
public struct DNError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What kind of failure it is; two errors are equal when their codes are.
    public enum Code: Sendable {
        /// The text is not of the form of RFC 4514 section 3.
        case malformed
        /// An attribute type that the schema does not know.
        case unknownAttributeType
        /// A value that is not of its attribute's syntax, or an empty one.
        case invalidValue
        /// One attribute type twice in an RDN.
        case repeatedType
    }

    /// The kind of failure.
    public let code: Code
    /// Where in the text, in octets from its start.
    public let offset: Int
    /// What was expected there, for people.
    public let expected: String

    init(_ code: Code, at offset: Int, _ expected: String) {
        self.code = code
        self.offset = offset
        self.expected = expected
    }

    /// Errors are equal when their codes are.
    public static func == (left: DNError, right: DNError) -> Bool { left.code == right.code }

    /// What was expected and where.
    public var description: String { "invalid DN: expected \(expected) at octet \(offset)" }
}

/// Why a value is not of its syntax. The value itself is never part of an error: it may be somebody's secret.
public struct SyntaxError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What kind of failure it is; two errors are equal when their codes are.
    public enum Code: Sendable {
        /// The octets do not have the form that the syntax asks for.
        case malformed
        /// The text is not UTF-8.
        case notUTF8
        /// RFC 4518 section 2.4: a code point that no prepared string may hold.
        case prohibitedCodePoint
        /// A name that the schema does not know, where it has to.
        case unknownName
        /// The rule compares no values in this way.
        case notApplicable
    }

    /// The kind of failure.
    public let code: Code
    /// Where in the value, in octets from its start.
    public let offset: Int
    /// What was expected there, for people.
    public let expected: String

    /// An error of a kind, at an octet of the value, with what was expected.
    public init(_ code: Code, at offset: Int, expected: String) {
        self.code = code
        self.offset = offset
        self.expected = expected
    }

    static func malformed(at offset: Int, _ expected: String) -> SyntaxError {
        SyntaxError(.malformed, at: offset, expected: expected)
    }

    /// Errors are equal when their codes are.
    public static func == (left: SyntaxError, right: SyntaxError) -> Bool { left.code == right.code }

    /// What was expected and where.
    public var description: String { "expected \(expected) at octet \(offset)" }
}

/// Why an LDIF file was refused, and where.
///
/// It names the file, the line and, where known, the column, and says what was expected.
/// It never holds a value of the file: an LDIF file holds passwords.
public struct LDIFError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What kind of mistake it is. Errors are equal when their codes are.
    public enum Code: Sendable, Hashable {
        /// The file could not be opened or read.
        case unreadable
        /// `version:` other than 1, or not at the top (RFC 2849 note 1).
        case version
        /// A record does not begin with `dn:`, or `dn:` stands inside one.
        case recordStart
        /// A line is not `name: value`, or the name is no attribute description.
        case line
        /// A line begins with a space and continues nothing (RFC 2849 note 2).
        case continuation
        /// A value is not base64 as RFC 2849 note 10 wants it.
        case base64
        /// A value holds octets that have to be written in base64 (RFC 2849 note 4).
        case octets
        /// `name:< URL`: files are never included.
        case url
        /// A change record breaks the grammar.
        case change
        /// One of `LDIFLimits` is exceeded.
        case limit
    }

    /// The kind of mistake.
    public let code: Code
    /// The file's name as it was given.
    public let file: String
    /// The line, counted from 1; 0 where the mistake has no line.
    public let line: Int
    /// The column in octets, counted from 1, where known.
    public let column: Int?
    /// What was expected, in a sentence without a full stop.
    public let reason: String

    @inline(never)
    init(_ code: Code, file: String, line: Int, column: Int? = nil, _ reason: String) {
        self.code = code
        self.file = file
        self.line = line
        self.column = column
        self.reason = reason
    }

    /// `people.ldif:12:5: expected …`, the form editors jump to.
    public var description: String {
        var place = file
        if line > 0 { place += ":\(line)" }
        if let column { place += ":\(column)" }
        return place + ": " + reason
    }

    /// Equality is on the code only, so that tests do not hang on a wording.
    public static func == (left: LDIFError, right: LDIFError) -> Bool {
        left.code == right.code
    }
}

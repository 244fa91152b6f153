/// Why schema definitions cannot be used: file, line and reason, for people.
public struct SchemaError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What kind of failure it is; two errors are equal when their codes are.
    public enum Code: Sendable {
        /// The text is not a definition of RFC 4512 section 4.1, or not a schema file.
        case malformed
        /// A definition refers to something that is not defined.
        case undefined
        /// A name or OID is taken by another definition.
        case duplicate
        /// Definitions contradict one another, or what the field asks of them.
        case inconsistent
        /// The file cannot be read.
        case unreadable
    }

    /// The kind of failure.
    public let code: Code
    /// The file as it was named by the caller; empty where the text came from nowhere in particular.
    public let file: String
    /// The line where the definition starts, or where its text goes wrong; 0 where no line is known.
    public let line: Int
    /// What is wrong.
    public let reason: String

    init(_ code: Code, file: String, line: Int, _ reason: String) {
        self.code = code
        self.file = file
        self.line = line
        self.reason = reason
    }

    /// Errors are equal when their codes are.
    public static func == (left: SchemaError, right: SchemaError) -> Bool { left.code == right.code }

    /// "FILE:LINE: reason", as compilers write it.
    public var description: String {
        switch (file.isEmpty, line) {
        case (true, 0): reason
        case (true, _): "line \(line): \(reason)"
        case (false, 0): "\(file): \(reason)"
        case (false, _): "\(file):\(line): \(reason)"
        }
    }
}

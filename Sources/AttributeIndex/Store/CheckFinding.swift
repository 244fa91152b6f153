/// Something that `check` found wrong.
public struct CheckFinding: Sendable, Equatable, CustomStringConvertible {
    /// The file.
    public let file: String
    /// The part of it: "records", "header", "block 3".
    public let section: String
    /// What is wrong there.
    public let problem: String
    /// What puts it right.
    public let remedy: String

    /// All in one line.
    public var description: String { "\(file): \(section): \(problem); \(remedy)" }

    static let rebuild = "'peopled import' of the LDIF files, or a backup, rebuilds it"
}

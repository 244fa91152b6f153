/// Something that `check` found wrong.
public struct CheckFinding: Sendable, Equatable, CustomStringConvertible {
    /// The file.
    public let file: String
    /// The part of it: "records", "posting lists", "octets 0..<65536".
    public let section: String
    /// The name of the attribute, where the part is one attribute's.
    public let attribute: String?
    /// What is wrong there.
    public let problem: String
    /// What puts it right.
    public let remedy: String

    /// All in one line.
    public var description: String {
        let part = attribute.map { "\(section) of \($0)" } ?? section
        return "\(file): \(part): \(problem); \(remedy)"
    }

    static let rebuild = "'peopled import' of the LDIF files, or a backup, rebuilds it"
}

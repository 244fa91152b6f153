/// One subcommand of an executable.
package protocol Command {
    /// The executable's name.
    static var program: String { get }
    static var name: String { get }
    /// The usage line, without the program.
    static var usage: String { get }
    /// One line for the overview.
    static var summary: String { get }
    /// What it does, in a few sentences.
    static var discussion: String { get }
    static var options: [OptionSpecification] { get }
    /// Commands that a person can paste.
    static var examples: [String] { get }

    static func run(_ arguments: Arguments) throws -> ExitStatus
}

extension Command {
    package static var help: String {
        let width = options.map { label($0).count }.max() ?? 0
        let rows = options.map { option in
            "  " + label(option).padded(to: width + 2) + option.help
        }
        return """
            usage: \(program) \(usage)

            \(discussion)

            options:
            \(rows.joined(separator: "\n"))

            example:
            \(examples.map { "  " + $0 }.joined(separator: "\n"))

            """
    }

    private static func label(_ option: OptionSpecification) -> String {
        option.value.map { "\(option.name) \($0)" } ?? option.name
    }
}

extension String {
    package func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}

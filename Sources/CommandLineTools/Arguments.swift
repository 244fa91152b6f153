/// One option that a command takes.
package struct OptionSpecification {
    /// With its dashes: `--data`.
    package let name: String
    /// The placeholder of its value in the help, nil for a flag.
    package let value: String?
    package let isRepeatable: Bool
    package let help: String

    package static func flag(_ name: String, _ help: String) -> OptionSpecification {
        OptionSpecification(name: name, value: nil, isRepeatable: false, help: help)
    }

    package static func value(_ name: String, _ value: String, repeatable: Bool = false, _ help: String)
        -> OptionSpecification
    {
        OptionSpecification(name: name, value: value, isRepeatable: repeatable, help: help)
    }
}

/// A parsed command line: options as `--name value` or `--name=value`, everything else positional, `--` ends the options.
package struct Arguments {
    private var flags: Set<String> = []
    private var values: [String: [String]] = [:]
    package private(set) var positionals: [String] = []

    /// - Throws: a `CommandFailure` of status `usage` that names the nearest known option.
    package init(_ words: [String], accepting options: [OptionSpecification]) throws(CommandFailure) {
        var rest = words[...]
        while let word = rest.popFirst() {
            guard word.hasPrefix("--"), word != "--" else {
                if word == "--" {
                    positionals += rest
                    return
                }
                positionals.append(word)
                continue
            }
            let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = parts.first.map(String.init) ?? word
            guard let option = options.first(where: { $0.name == name }) else {
                throw CommandFailure(.usage, Self.unknown(name, among: options))
            }
            try take(option, inlineValue: parts.count == 2 ? parts.last.map(String.init) : nil, from: &rest)
        }
    }

    private mutating func take(
        _ option: OptionSpecification, inlineValue: String?, from rest: inout ArraySlice<String>
    ) throws(CommandFailure) {
        guard let placeholder = option.value else {
            guard inlineValue == nil else { throw CommandFailure(.usage, "\(option.name) takes no value") }
            flags.insert(option.name)
            return
        }
        guard let value = inlineValue ?? rest.popFirst() else {
            throw CommandFailure(.usage, "\(option.name) needs a value: \(option.name) \(placeholder)")
        }
        guard option.isRepeatable || values[option.name] == nil else {
            throw CommandFailure(.usage, "\(option.name) may be given once only")
        }
        values[option.name, default: []].append(value)
    }

    private static func unknown(_ name: String, among options: [OptionSpecification]) -> String {
        let known = options.map(\.name)
        guard let nearest = nearestName(to: name, among: known) else {
            return "unknown option \(name); --help lists what there is"
        }
        return "unknown option \(name); did you mean \(nearest)?"
    }

    /// - Throws: a `CommandFailure` if there is any word that is no option.
    package func refusePositionals(of command: String) throws(CommandFailure) {
        guard let word = positionals.first else { return }
        throw CommandFailure(.usage, "\(command) takes no \(word); \(command) --help says what it takes")
    }

    package func has(_ flag: String) -> Bool { flags.contains(flag) }

    /// The value of an option given once.
    package func value(_ name: String) -> String? { values[name]?.first }

    /// All values of a repeatable option, in the order given.
    package func all(_ name: String) -> [String] { values[name] ?? [] }
}

import AttributeIndex
import CommandLineTools

/// `peopled compact`: everything into one segment.
enum CompactCommand: Command {
    static let name = "compact"
    static let usage = "compact [--data DIR] [OPTIONS]"
    static let summary = "fold the journal and all segments into one segment"
    static let discussion = """
        apply folds small segments by itself; this command folds everything at once, after a long series of changes,
        say. The directory stays served meanwhile, and a crash leaves it as it was.
        """
    static let options = Site.options
    static let examples = ["peopled compact --data /var/lib/peopled"]

    static func run(_ arguments: Arguments) throws -> ExitStatus {
        let site = try Site(arguments)
        try arguments.refusePositionals(of: name)
        try site.openStore(.write).compact(.everything)
        return .success
    }
}

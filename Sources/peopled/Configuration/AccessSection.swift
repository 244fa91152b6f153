import AttributeIndex
import CommandLineTools
import Directory
import EventLog
import Schema

extension Configuration {
    /// What `access` and `secret` say, as the directory takes it. `listeners` are those that there are, by number.
    ///
    /// - Throws: a `CommandFailure` that names the key and what was expected there.
    func accessSettings(listeners: [String]) throws(CommandFailure) -> AccessSettings {
        var settings = AccessSettings(secretAttributes: secret)
        guard let access else { return settings }
        var rules: [AccessRule] = []
        for (index, rule) in access.enumerated() {
            rules.append(try rule.rule(key: "access[\(index)]", listeners: listeners))
        }
        settings.rules = rules
        return settings
    }
}

extension Site {
    /// The access rules, checked against what they are to protect, and warnings about them. `listeners` are those of the
    /// running server, where they may be others than the configuration's.
    ///
    /// - Throws: a `CommandFailure` with the first mistake.
    func access(
        to store: IndexStore, listeners: [Configuration.Listener]? = nil
    ) throws(CommandFailure) -> (settings: AccessSettings, warnings: [String]) {
        let settings = try configuration.accessSettings(listeners: (listeners ?? configuration.listeners).map(\.url))
        let suffix = configuration.suffix ?? store.metadata?.suffix
        do {
            let warnings = try AccessCheck.check(
                settings, schema: store.currentGeneration().schema, suffixes: suffix.map { [$0] } ?? [])
            return (settings, warnings)
        } catch {
            throw CommandFailure(.refusedInput, "the configuration's \(error)")
        }
    }

    /// The same for a server, whose log is told the warnings.
    func access(
        to store: IndexStore, _ log: EventLog, listeners: [Configuration.Listener]? = nil
    ) throws(CommandFailure) -> AccessSettings {
        let (settings, warnings) = try access(to: store, listeners: listeners)
        for warning in warnings { log.log(.warning, "access-rules", ["advice": warning]) }
        return settings
    }
}

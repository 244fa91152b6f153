import AttributeIndex
import CommandLineTools
import Dispatch
import LDIF
import Provisioning

/// `peopled apply -`: changes for as long as standard input lasts, while large segments are folded beside them.
final class StreamedChanges {
    private let store: IndexStore
    private let site: Site
    private let suffix: String
    private let options: ImportOptions
    private let compaction = DispatchQueue(label: "compaction")
    private var counts = ChangeCounts()
    private var segments = 0

    init(store: IndexStore, site: Site, suffix: String, options: ImportOptions) {
        self.store = store
        self.site = site
        self.suffix = suffix
        self.options = options
    }

    func run() throws -> ExitStatus {
        let stream = try ChangeStream(
            store: store, base: site.schema, suffix: suffix, options: options, committed: committed)
        defer {
            for warning in stream.allWarnings { StandardError.write("warning: \(warning)\n") }
            ApplyCommand.summarize(counts)
            // One that is under way is finished, not wasted.
            compaction.sync {}
        }
        do {
            try stream.run(try LDIFFile.standardInput(), name: "standard input")
        } catch let error as LDIFInputError {
            throw CommandFailure(.inputOutput, "cannot read standard input: \(error.reason)")
        }
        return .success
    }

    private func committed(_ counts: ChangeCounts, _ publication: Publication) {
        self.counts = counts
        // Who listens no longer still has the directory, and the summary at the end.
        try? StandardOutput.write("durable \(counts.all)\n")
        ApplyCommand.warn(of: publication)
        // Only a new file can make folding files worth while.
        let segments = store.currentGeneration().segments.count
        if segments != self.segments { compaction.async { [store] in ApplyCommand.compact(store) } }
        self.segments = segments
    }
}

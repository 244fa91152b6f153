import Storage
import Synchronization

/// What only the process that holds the lock has.
struct StoreWriter: Sendable {
    let lock: DirectoryLock
    /// A call failed, so that nothing is known of what is on the disk: the next change reads it all again first.
    var needsRecovery = true
    /// Sources of which a change failed so that nobody knew whether it counts, each with its state before.
    var doubts: [SourceID: SourceState?] = [:]
    /// Whether what is there may be passed over because it is to be replaced.
    let tolerant: Bool
    /// The manifest that is on the disk.
    var manifest = Manifest(sequence: 0)
    /// Numbers below this one were given to files, some perhaps never published.
    var nextFile: UInt32 = 1
    /// Files being written, which no manifest names yet.
    var inProgress: Set<UInt32> = []

    /// A number for a new file.
    mutating func newFile() -> UInt32 {
        defer { nextFile += 1 }
        return nextFile
    }

    /// The manifest of the next publication, of these files; with `source`, of people as that state says.
    func next(_ index: IndexManifest?, source: SourceState? = nil) -> Manifest {
        var next = manifest
        next.sequence += 1
        next.index = index
        next.index?.nextFile = nextFile
        guard let source else { return next }
        if let place = next.sources.firstIndex(where: { $0.id == source.id }) {
            next.sources[place] = source
        } else {
            next.sources.append(source)
        }
        return next
    }
}

/// A change that is durable and published.
public struct Publication: Sendable {
    /// The number of the generation that has it.
    public let sequence: UInt64
    /// Why files could not be folded together after it. The change itself is safe.
    public let foldingFailure: StoreError?
    /// Sources whose people could not be read any more and are gone until their next snapshot: of an import only.
    public let forgotten: [SourceState]

    init(sequence: UInt64, foldingFailure: StoreError?, forgotten: [SourceState] = []) {
        self.sequence = sequence
        self.foldingFailure = foldingFailure
        self.forgotten = forgotten
    }
}

extension IndexStore {
    /// Takes the lock and reads what is there.
    func startWriting(tolerant: Bool) throws(StoreError) {
        do {
            if try files.status(of: directory) == nil { try files.makeDirectory(directory) }
            let lock = try files.lock(layout.lock)
            writer.withLock { $0 = StoreWriter(lock: lock, tolerant: tolerant) }
        } catch {
            throw StoreError(error)
        }
        try writing { (_) throws(StoreError) in }
    }

    /// Runs `body` as the only writer, on a directory that is known to be whole.
    func writing<T: Sendable>(
        _ body: (inout StoreWriter) throws(StoreError) -> T
    ) throws(StoreError) -> T {
        let result: Result<T, StoreError> = writer.withLock { optional in
            guard var writer = optional else {
                return .failure(StoreError(.files, "\(directory) was opened for reading only"))
            }
            defer { optional = writer }
            do throws(StoreError) {
                if writer.needsRecovery { try recover(&writer) }
                return .success(try body(&writer))
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    /// As `writing`, for what a source delivered: it was worked out on where the source stood, so that must be what counts.
    func writing<T: Sendable>(
        for source: SourceID?, _ body: (inout StoreWriter) throws(StoreError) -> T
    ) throws(StoreError) -> T {
        guard let source else { return try writing(body) }
        do {
            return try writing { (writer) throws(StoreError) in
                let before = writer.manifest.state(of: source)
                guard (writer.doubts.removeValue(forKey: source) ?? before) == before else {
                    throw StoreError(
                        .superseded, "a change of \(directory) that had failed turned out to be durable; look again")
                }
                do throws(StoreError) { return try body(&writer) } catch {
                    if writer.needsRecovery { writer.doubts[source] = .some(before) }
                    throw error
                }
            }
        } catch {
            // If what counts can be read now, `sourceStates` tells it and nothing is in doubt.
            if error.code != .superseded { try? writing { (writer) throws(StoreError) in writer.doubts[source] = nil } }
            throw error
        }
    }

    /// Reads the manifest; makes both copies whole again and durable; cuts off what was never acknowledged; removes what is
    /// not named; publishes what there is.
    private func recover(_ writer: inout StoreWriter) throws(StoreError) {
        let choice: ManifestFiles.Choice?
        do {
            choice = try manifests.read()
            if let choice { try restore(choice.manifest, &writer) }
        } catch  where writer.tolerant && (error.code == .damaged || error.code == .outdated) {
            try restart(&writer)
            return
        }
        guard let choice else {
            try restart(&writer)
            return
        }
        // Always: a copy may be damaged, and after a crash or a failure even equal copies may be in memory only, while what
        // they no longer name is about to be removed.
        do { try manifests.write(choice.manifest) } catch { throw StoreError(error) }
        writer.manifest = choice.manifest
        writer.needsRecovery = false
        removeUnnamed(writer)
    }

    private func restore(_ manifest: Manifest, _ writer: inout StoreWriter) throws(StoreError) {
        let current = snapshot.withLock { $0 }
        if current.manifest != manifest { publish(try loader.load(manifest, after: nil)) }
        writer.nextFile = max(writer.nextFile, manifest.index?.nextFile ?? 1)
        guard let journal = manifest.index?.journal else { return }
        do {
            _ = try Journal.open(layout.path(journal.name), at: journal.position, files: files)
        } catch {
            throw StoreError(error)
        }
    }

    /// Nothing readable is there: whatever is published next counts as newer than anything that may have been.
    private func restart(_ writer: inout StoreWriter) throws(StoreError) {
        for copy in try manifests.copies() {
            writer.manifest.sequence = max(writer.manifest.sequence, copy.sequence ?? 0)
        }
        let names = (try? files.list(layout.folder)) ?? []
        let highest = names.compactMap(StoreLayout.number(ofFile:)).max() ?? 0
        writer.nextFile = max(writer.nextFile, highest + 1)
        writer.needsRecovery = false
    }

    /// Makes `manifest` the one that counts. If that fails nobody knows which one does until it is read again.
    func commit(_ manifest: Manifest, _ next: StoreSnapshot, _ writer: inout StoreWriter) throws(StoreError) {
        do {
            try manifests.write(manifest)
        } catch {
            writer.needsRecovery = true
            throw StoreError(error)
        }
        writer.manifest = manifest
        publish(next)
        removeUnnamed(writer)
    }

    /// Removes segments and journals that no manifest names. One that cannot be removed is tried again next time.
    private func removeUnnamed(_ writer: StoreWriter) {
        guard let index = writer.manifest.index else { return }
        var named = Set(index.segments.map(\.name))
        if let journal = index.journal { named.insert(journal.name) }
        for name in (try? files.list(layout.folder)) ?? [] where !named.contains(name) {
            guard let number = StoreLayout.number(ofFile: name), !writer.inProgress.contains(number) else { continue }
            try? files.remove(layout.path(name))
        }
    }
}

import Schema
import Storage

/// One publication as it is served: what the manifest names, opened.
struct StoreSnapshot: Sendable {
    /// A segment in memory, of changes that the journal holds too.
    struct MemorySegment: Sendable {
        let segment: Segment
        /// Entries and tombstones: what folding it costs.
        let weight: Int
    }

    let manifest: Manifest
    /// The configured schema and the names that records added to it.
    let schema: Schema
    /// In the manifest's order, newest first.
    let files: [Segment]
    /// Newest first; all newer than every file.
    let memory: [MemorySegment]
    let generation: Generation
    /// The files alone: what the memory segments are added to again when some of them were folded.
    private let fileGeneration: Generation

    /// The one source that is served, while there is nothing to merge.
    var source: SourceManifest? { manifest.sources.first }

    /// Nothing published yet.
    static func empty(schema: Schema) throws(StoreError) -> StoreSnapshot {
        try StoreSnapshot(Manifest(sequence: 0), schema: schema, files: [], memory: [], after: nil)
    }

    /// Finding what newer segments bury costs what they hold, so as much as can be is taken from `previous`.
    init(
        _ manifest: Manifest, schema: Schema, files: [Segment], memory: [MemorySegment], after previous: StoreSnapshot?
    ) throws(StoreError) {
        self.manifest = manifest
        self.schema = schema
        self.files = files
        self.memory = memory
        do throws(SegmentError) {
            let sequence = manifest.sequence
            let before = previous.flatMap { $0.files.elementsEqual(files, by: ===) ? $0 : nil }
            if let before {
                fileGeneration = before.fileGeneration
            } else {
                fileGeneration = try Generation(sequence: sequence, schema: schema, segments: files)
            }
            if let before, let newest = memory.first,
                before.memory.elementsEqual(memory.dropFirst(), by: { $0.segment === $1.segment })
            {
                generation = try before.generation.adding(newest.segment, sequence: sequence)
                return
            }
            var generation = fileGeneration
            for segment in memory.reversed() { generation = try generation.adding(segment.segment, sequence: sequence) }
            if generation.sequence != sequence {
                generation = try Generation(sequence: sequence, schema: schema, segments: files)
            }
            self.generation = generation
        } catch {
            throw StoreError(error, path: "the index")
        }
    }
}

/// Opens what a manifest names, taking over from the publication before what has not changed.
struct SnapshotLoader: Sendable {
    let layout: StoreLayout
    let fileSystem: any FileSystem
    let base: Schema
    let policy: StorePolicy

    /// The snapshot of `manifest`. Only the journal's new tail is read if nothing else changed since `previous`.
    func load(_ manifest: Manifest, after previous: StoreSnapshot?) throws(StoreError) -> StoreSnapshot {
        guard let source = manifest.sources.first, manifest.sources.count == 1 else {
            throw StoreError(.files, "\(layout.directory) holds several sources, which this version cannot merge")
        }
        let known = Dictionary(
            uniqueKeysWithValues: zip(previous?.source?.segments ?? [], previous?.files ?? []).map { ($0.number, $1) })
        let replayed = continued(source.journal, after: previous?.source?.journal)
        var memory = replayed == nil ? [] : previous?.memory ?? []
        // Numbers of attribute types stay what they are as long as any open segment uses them.
        let isContinued = !memory.isEmpty || source.segments.contains { known[$0.number] != nil }
        var schema = isContinued ? previous?.schema ?? base : base
        var opened: [Segment] = []
        for file in source.segments.reversed() {
            if let segment = known[file.number] {
                opened.append(segment)
                continue
            }
            let segment = try open(file, of: source.id, schema)
            schema = segment.schema
            opened.append(segment)
        }
        opened.reverse()
        if let journal = source.journal, replayed != journal.position {
            let tail = try replay(journal, of: source.id, from: replayed, schema)
            schema = tail.segment.schema
            memory.insert(tail, at: 0)
        }
        return try StoreSnapshot(manifest, schema: schema, files: opened, memory: memory, after: previous)
    }

    /// How far a journal was read before, if it is the same journal grown longer.
    private func continued(_ journal: JournalFile?, after old: JournalFile?) -> JournalPosition? {
        guard let journal, let old, old.number == journal.number, old.position.length <= journal.position.length else {
            return nil
        }
        return old.position
    }

    /// Opens a segment's file, which must be the one the manifest means.
    func open(_ file: SegmentFile, of source: SourceID, _ schema: Schema) throws(StoreError) -> Segment {
        let path = layout.path(source, file.name)
        let mapping: MappedFile
        do { mapping = try fileSystem.map(path) } catch { throw StoreError(error) }
        let octets = mapping.uncheckedBytes
        let tail = octets.extracting(SegmentFile.tail(ofSize: octets.count))
        guard octets.count == file.size, CRC32C.checksum(tail) == file.tail else {
            throw .damaged("\(path) is not the segment that the manifest names")
        }
        return try SegmentWork.segment(mapping, schema)
    }

    /// The changes of a journal from `start` (its beginning if nil) as one segment.
    private func replay(
        _ journal: JournalFile, of source: SourceID, from start: JournalPosition?, _ schema: Schema
    ) throws(StoreError) -> StoreSnapshot.MemorySegment {
        let path = layout.path(source, journal.name)
        var changes: [EntryChange] = []
        var extended = schema
        do {
            try Journal.read(
                path, number: journal.number, from: start ?? Journal.start(journal.number), to: journal.position,
                files: fileSystem
            ) { (record) throws(StorageError) in
                guard let batch = ChangeBatch(decoding: record, schema: extended) else {
                    throw .damaged(path, at: 0, section: "records", "a record holds no batch of changes")
                }
                changes += batch.changes
                extended = batch.schema
            }
        } catch {
            throw StoreError(error)
        }
        return try SegmentWork.memory(ChangeBatch(changes: changes, schema: extended), base: schema)
    }

    /// The same snapshot with its small segments in memory folded as the policy says; itself where nothing is due.
    func folded(_ snapshot: StoreSnapshot) throws(StoreError) -> StoreSnapshot {
        let memory = snapshot.memory
        let due = policy.dueRun(memory.map(\.weight))
        guard due > 1 else { return snapshot }
        // Without a file below them nothing is left that a tombstone could bury.
        let isWhole = snapshot.files.isEmpty && due == memory.count
        let segment = try SegmentWork.fold(
            memory[..<due].map(\.segment), snapshot.schema, dropsTombstones: isWhole)
        return try StoreSnapshot(
            snapshot.manifest, schema: snapshot.schema, files: snapshot.files, memory: [segment] + memory[due...],
            after: snapshot)
    }
}

import Schema
import Storage

/// One publication as it is served: what the manifest names, opened.
struct StoreSnapshot: Sendable {
    /// A segment in memory, of changes that the journal holds too.
    struct MemorySegment: Sendable {
        let segment: Segment
        /// Entries and tombstones: what folding it costs.
        let weight: Int

        init(_ segment: Segment) {
            self.segment = segment
            weight = Int(segment.entryCount) + segment.tombstoneCount
        }
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

    /// The files that are served; nil before the first import.
    var index: IndexManifest? { manifest.index }

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
            } else if let previous {
                fileGeneration = try previous.fileGeneration.replaced(by: files, schema: schema, sequence: sequence)
            } else {
                fileGeneration = try Generation(sequence: sequence, schema: schema, segments: files)
            }
            let segments = memory.map(\.segment)
            if let before, segments.elementsEqual(before.memory, by: { $0 === $1.segment }) {
                generation = before.generation.renumbered(sequence, schema: schema)
                return
            }
            if let before, let newest = segments.first,
                segments.dropFirst().elementsEqual(before.memory, by: { $0 === $1.segment })
            {
                generation = try before.generation.adding(newest, sequence: sequence)
                return
            }
            var generation = fileGeneration.renumbered(sequence, schema: schema)
            for segment in segments.reversed() { generation = try generation.adding(segment, sequence: sequence) }
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
        guard let index = manifest.index else {
            throw StoreError.damaged("the manifest of \(layout.directory) names no files")
        }
        let known = Dictionary(
            zip(previous?.index?.segments ?? [], previous?.files ?? []).map { ($0, $1) }, uniquingKeysWith: { $1 })
        let replayed = continued(index.journal, after: previous?.index?.journal)
        var memory = replayed == nil ? [] : previous?.memory ?? []
        // Numbers of attribute types stay what they are as long as any open segment uses them.
        let isContinued = !memory.isEmpty || index.segments.contains { known[$0] != nil }
        var schema = isContinued ? previous?.schema ?? base : base
        var opened: [Segment] = []
        for file in index.segments.reversed() {
            if let segment = known[file] {
                opened.append(segment)
                continue
            }
            let segment = try open(file, schema)
            schema = segment.schema
            opened.append(segment)
        }
        opened.reverse()
        if let journal = index.journal, replayed != journal.position {
            let tail = try replay(journal, from: replayed, schema)
            schema = tail.segment.schema
            memory.insert(tail, at: 0)
        }
        return try StoreSnapshot(
            manifest, schema: schema, files: opened, memory: memory, after: isContinued ? previous : nil)
    }

    /// How far a journal was read before, if it is the same journal grown longer.
    private func continued(_ journal: JournalFile?, after old: JournalFile?) -> JournalPosition? {
        guard let journal, let old, old.number == journal.number, old.position.length <= journal.position.length else {
            return nil
        }
        return old.position
    }

    /// Opens a segment's file, which must be the one the manifest means.
    func open(_ file: SegmentFile, _ schema: Schema) throws(StoreError) -> Segment {
        let path = layout.path(file.name)
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
        _ journal: JournalFile, from start: JournalPosition?, _ schema: Schema
    ) throws(StoreError) -> StoreSnapshot.MemorySegment {
        let path = layout.path(journal.name)
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

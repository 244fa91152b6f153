import Schema
import Storage
import Synchronization

extension IndexStore {
    /// How much `compact` does.
    public enum Compaction: Sendable {
        /// What the policy finds worth its cost: usually nothing.
        case due
        /// Everything into one segment, the journal too.
        case everything
    }

    /// Folds small segments into large ones. Readers and `apply` go on meanwhile; what was there stays until it is done.
    public func compact(_ extent: Compaction = .everything) throws(StoreError) {
        if extent == .everything { try flush() }
        while true {
            let count = try writing { (writer) throws(StoreError) in
                let segments = writer.manifest.sources.first?.segments ?? []
                switch extent {
                case .due: return policy.dueRun(segments.map(\.size))
                case .everything: return segments.count > 1 ? segments.count : 0
                }
            }
            guard count > 1 else { return }
            try fold(count)
        }
    }

    /// What `apply` does by itself: a journal that has grown long becomes a segment, and small segments one.
    func foldAutomatically() throws(StoreError) {
        let current = snapshot.withLock { $0 }
        guard let journal = current.source?.journal, journal.position.length >= policy.journalLimit else { return }
        try flush()
        let sizes = snapshot.withLock { $0.source?.segments.map(\.size) ?? [] }
        let due = policy.dueRun(sizes)
        guard due > 1, sizes[..<due].reduce(0, +) <= policy.automaticFoldLimit else { return }
        try fold(due)
    }

    /// Writes the segments in memory as one file, and ends the journal that holds the same changes.
    private func flush() throws(StoreError) {
        try writing { (writer) throws(StoreError) in
            let current = snapshot.withLock { $0 }
            guard var source = current.source, source.journal != nil else { return }
            let number = writer.newFile()
            let builder = try SegmentWork.merged(
                current.memory.map(\.segment), current.schema, dropsTombstones: current.files.isEmpty)
            let file = try writeSegment(builder, number, source.id)
            source.segments.insert(file, at: 0)
            source.journal = nil
            source.nextFile = writer.nextFile
            try replace(source, current, &writer)
        }
    }

    /// Folds the newest `count` segment files into one. Only the beginning and the end keep other changes waiting.
    private func fold(_ count: Int) throws(StoreError) {
        let (current, number) = try writing { (writer) throws(StoreError) in
            let number = writer.newFile()
            writer.inProgress.insert(number)
            return (snapshot.withLock { $0 }, number)
        }
        defer { endFile(number) }
        guard let source = current.source, count <= source.segments.count else { return }
        let run = Array(source.segments[..<count])
        try checkSpace(run.reduce(0) { $0 + $1.size })
        let builder = try SegmentWork.merged(
            Array(current.files[..<count]), current.schema, dropsTombstones: count == source.segments.count)
        let file = try writeSegment(builder, number, source.id)
        try writing { (writer) throws(StoreError) in
            let now = snapshot.withLock { $0 }
            // An import may have replaced everything meanwhile, or newer segments may have come in front.
            guard var source = now.source, let start = source.segments.firstIndex(of: run[0]),
                Array(source.segments[start...].prefix(count)) == run
            else { return }
            source.segments.replaceSubrange(start..<start + count, with: [file])
            source.nextFile = writer.nextFile
            try replace(source, now, &writer)
        }
    }

    /// Publishes the same entries in other files.
    private func replace(
        _ source: SourceManifest, _ current: StoreSnapshot, _ writer: inout StoreWriter
    ) throws(StoreError) {
        var manifest = writer.manifest
        manifest.sequence += 1
        manifest.sources = [source]
        let next = try loader.load(manifest, after: current)
        try commit(manifest, next, &writer)
    }

    private func checkSpace(_ wanted: Int) throws(StoreError) {
        let free: Int
        do { free = try files.freeSpace(at: directory) } catch { throw StoreError(error) }
        guard free < wanted else { return }
        throw StoreError(
            .full, "folding segments in \(directory) needs \(wanted >> 20) MiB, and \(free >> 20) are free")
    }
}

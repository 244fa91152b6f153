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
                let segments = writer.manifest.index?.segments ?? []
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
        guard let journal = current.index?.journal, journal.position.length >= policy.journalLimit else { return }
        try flush()
        try foldSmallFiles()
    }

    /// Folds small files, as long as that is quick.
    func foldSmallFiles() throws(StoreError) {
        let sizes = snapshot.withLock { $0.index?.segments.map(\.size) ?? [] }
        let due = policy.dueRun(sizes)
        guard due > 1, sizes[..<due].reduce(0, +) <= policy.automaticFoldLimit else { return }
        try fold(due)
    }

    /// Writes the segments in memory as one file, and ends the journal that holds the same changes.
    private func flush() throws(StoreError) {
        try writing { (writer) throws(StoreError) in
            let current = snapshot.withLock { $0 }
            guard current.index?.journal != nil else { return }
            let index = try flushed(current, &writer)
            try replace(index, current, &writer)
        }
    }

    /// The index of a snapshot with its segments in memory as a file in front of the others, which nothing names yet.
    func flushed(_ current: StoreSnapshot, _ writer: inout StoreWriter) throws(StoreError) -> IndexManifest {
        guard var index = current.index else { throw noIndex }
        guard index.journal != nil else { return index }
        let merge = try SegmentWork.merge(
            current.memory.map(\.segment), current.schema, dropsTombstones: current.files.isEmpty)
        index.segments.insert(try writeSegment(merge, writer.newFile()), at: 0)
        index.journal = nil
        return index
    }

    /// Folds the newest `count` segment files into one. Only the beginning and the end keep other changes waiting.
    private func fold(_ count: Int) throws(StoreError) {
        let (current, number) = try writing { (writer) throws(StoreError) in
            let number = writer.newFile()
            writer.inProgress.insert(number)
            return (snapshot.withLock { $0 }, number)
        }
        defer { endFile(number) }
        guard let index = current.index, count <= index.segments.count else { return }
        let run = Array(index.segments[..<count])
        try checkSpace(run.reduce(0) { $0 + $1.size })
        let merge = try SegmentWork.merge(
            Array(current.files[..<count]), current.schema, dropsTombstones: count == index.segments.count,
            maximumThreads: policy.foldThreads)
        let file = try writeSegment(merge, number)
        try writing { (writer) throws(StoreError) in
            let now = snapshot.withLock { $0 }
            // An import may have replaced everything meanwhile, or newer segments may have come in front.
            guard var index = now.index, let start = index.segments.firstIndex(of: run[0]),
                Array(index.segments[start...].prefix(count)) == run
            else { return }
            index.segments.replaceSubrange(start..<start + count, with: [file])
            try replace(index, now, &writer)
        }
    }

    /// Publishes the same entries in other files.
    private func replace(
        _ index: IndexManifest, _ current: StoreSnapshot, _ writer: inout StoreWriter
    ) throws(StoreError) {
        let manifest = writer.next(index)
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

public import Storage

/// The journal in files of bounded size: `manifest`, and a `Storage.Journal` a segment. To prune is to delete the oldest files.
///
/// Entries are gathered in blocks, each a record of the segment: the checksums of `Storage.Journal` cover them all, each with
/// those before it.
public final class FileJournal: JournalStore {
    /// Sizes, made small by tests.
    public struct Sizes: Sendable {
        /// Octets from which on a segment is closed.
        public var segment = 16 << 20
        /// Octets of entries that are written at once.
        public var block = 128 << 10

        /// The usual sizes.
        public init() {}
    }

    private let directory: String
    private let files: any FileSystem
    private let sizes: Sizes
    private var manifest = JournalManifest()
    private var active: Journal?
    private var block = OctetWriter()
    /// See `JournalStore`.
    public private(set) var appended: UInt64 = 0
    private var appendedTime: Int64 = 0
    /// As `manifest`, with what is appended and not yet committed.
    private var pending = JournalManifest()
    private var hasNewNames = false
    /// Where blocks of the newest segments begin, so that a reader need not go through all that is before.
    private var marks: [UInt32: [FileJournalView.Mark]] = [:]

    /// Opens the journal of a directory, or begins one.
    public init(directory: String, files: any FileSystem, sizes: Sizes = Sizes()) throws(StorageError) {
        self.directory = directory
        self.files = files
        self.sizes = sizes
        try recover()
    }

    /// See `JournalStore`.
    public var last: UInt64 { manifest.last }
    /// See `JournalStore`.
    public var pruned: UInt64 { manifest.pruned }
    /// See `JournalStore`.
    public var size: Int { manifest.segments.reduce(0) { $0 + $1.length } }

    /// See `JournalStore`.
    public func recover() throws(StorageError) {
        active = nil
        block = OctetWriter()
        hasNewNames = false
        marks = [:]
        try files.makeDirectory(directory)
        try files.synchronizeDirectory(files.directory(of: directory))
        manifest = try readManifest()
        pending = manifest
        appended = manifest.last
        appendedTime = manifest.segments.last?.time ?? 0
        // A manifest that was renamed but not synchronized could be gone after the next power cut: settled before it is used.
        try files.replace(path("manifest"), with: manifest.octets.span)
        try removeStrangers()
        for segment in manifest.segments.dropLast() {
            guard let status = try files.status(of: path(of: segment)), status.size >= segment.length else {
                throw .damaged(path(of: segment), at: 0, section: "journal", "it is shorter than what was committed")
            }
        }
        if let segment = manifest.segments.last {
            active = try Journal.open(path(of: segment), at: segment.position, files: files)
        }
    }

    /// See `JournalStore`.
    public func append(_ entry: JournalEntry) throws(StorageError) {
        guard entry.id == appended + 1 else {
            throw StorageError(.outOfBounds, path: directory, "transaction \(entry.id) does not follow \(appended)")
        }
        if block.octets.isEmpty { try beginBlock(with: entry.id) }
        entry.append(to: &block)
        appended = entry.id
        appendedTime = max(appendedTime, entry.time)
        if block.octets.count >= sizes.block { try writeBlock() }
    }

    /// See `JournalStore`.
    public func commit() throws(StorageError) {
        guard appended > manifest.last else { return }
        try writeBlock()
        try active?.synchronize()
        if hasNewNames { try files.synchronizeDirectory(directory) }
        try files.replace(path("manifest"), with: pending.octets.span)
        manifest = pending
        hasNewNames = false
    }

    /// See `JournalStore`.
    public func committed() -> any JournalView {
        FileJournalView(directory: directory, files: files, manifest: manifest, marks: marks)
    }

    /// See `JournalStore`.
    public func prune(before time: Int64, octets: Int, limit: UInt64) throws(StorageError) {
        guard appended == manifest.last else { return }
        let next = pruned(before: time, octets: octets, limit: limit)
        guard next != manifest else { return }
        let dropped = manifest.segments.prefix(manifest.segments.count - next.segments.count)
        try files.replace(path("manifest"), with: next.octets.span)
        manifest = next
        pending = next
        for segment in dropped {
            marks[segment.number] = nil
            // What stays behind is removed when the journal is opened.
            try? files.remove(path(of: segment))
        }
    }

    /// See `JournalStore`.
    public func prunable(before time: Int64, octets: Int) -> UInt64? {
        let next = pruned(before: time, octets: octets, limit: .max)
        return next == manifest ? nil : next.pruned
    }

    /// The manifest without the segments that are too old or too much.
    private func pruned(before time: Int64, octets: Int, limit: UInt64) -> JournalManifest {
        var left = size
        var next = manifest
        while next.segments.count > 1, let oldest = next.segments.first, oldest.last <= limit,
            oldest.time < time || left > octets
        {
            left -= oldest.length
            next.pruned = oldest.last
            next.segments.removeFirst()
        }
        return next
    }

    private func beginBlock(with id: UInt64) throws(StorageError) {
        if let journal = active, journal.position.length < sizes.segment {
            marks[pending.segments.last?.number ?? 0, default: []].append(.init(id: id, position: journal.position))
            return
        }
        try active?.synchronize()
        let number = pending.nextNumber
        pending.nextNumber += 1
        let start = Journal.start(number)
        let segment = JournalManifest.Segment(
            number: number, last: appended, time: appendedTime, length: start.length, chain: start.chain)
        active = try Journal.create(path(of: segment), number: number, files: files)
        pending.segments.append(segment)
        hasNewNames = true
        marks[number] = [.init(id: id, position: start)]
        // Older segments are read from their beginning.
        marks = marks.filter { $0.key + 1 >= number }
    }

    private func writeBlock() throws(StorageError) {
        guard !block.octets.isEmpty, let active, let index = pending.segments.indices.last else { return }
        let octets = block.octets
        try active.append(octets.span)
        block = OctetWriter()
        pending.segments[index].length = active.position.length
        pending.segments[index].chain = active.position.chain
        pending.segments[index].last = appended
        pending.segments[index].time = appendedTime
    }

    private func readManifest() throws(StorageError) -> JournalManifest {
        guard let status = try files.status(of: path("manifest")) else {
            guard try files.list(directory).allSatisfy({ !$0.hasSuffix(".journal") }) else {
                throw .damaged(path("manifest"), at: 0, section: "manifest", "it is missing and segments are there")
            }
            return JournalManifest()
        }
        guard let manifest = JournalManifest(try files.contents(of: path("manifest"), limit: 64 << 20)) else {
            throw .damaged(path("manifest"), at: status.size, section: "manifest", "it is not as it was written")
        }
        return manifest
    }

    /// Removes segments that were pruned or never committed.
    private func removeStrangers() throws(StorageError) {
        let known = Set(manifest.segments.map { name(of: $0) } + ["manifest"])
        let strangers = try files.list(directory).filter { !known.contains($0) }
        guard !strangers.isEmpty else { return }
        for stranger in strangers { try files.remove(path(stranger)) }
        try files.synchronizeDirectory(directory)
    }

    private func path(_ name: String) -> String { directory + "/" + name }
    private func name(of segment: JournalManifest.Segment) -> String { FileJournalView.name(of: segment.number) }
    private func path(of segment: JournalManifest.Segment) -> String { path(name(of: segment)) }
}

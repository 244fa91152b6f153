public import Schema
import Storage
import Synchronization

extension IndexStore {
    /// Makes changes, all or none: they are in the journal and durable when this returns. Of several changes of one entry the
    /// last counts. `schema` is the one that the records' attribute types are numbers of: that of the current generation,
    /// or one that adds to it.
    ///
    /// With `source` the changes are that source's, and where it stands after them becomes durable with them, in the same
    /// replacement of the manifest: neither is ever there without the other, so each change is applied exactly once. Without
    /// changes the state alone is replaced.
    /// - Throws: `.superseded` where an earlier change of a source, thought to have failed, turned out to be durable: nothing
    ///   was changed, and `sourceStates` and the current generation are to be looked at again.
    @discardableResult
    public func apply(
        _ changes: [EntryChange], schema: Schema, source: SourceState? = nil
    ) throws(StoreError) -> Publication {
        let batch = ChangeBatch(changes: changes, schema: schema)
        let sequence = try writing(for: source?.id) { (writer) throws(StoreError) in
            try append(batch, source, &writer)
        }
        do {
            try foldAutomatically()
            return Publication(sequence: sequence, foldingFailure: nil)
        } catch {
            return Publication(sequence: sequence, foldingFailure: error)
        }
    }

    private func append(
        _ batch: ChangeBatch, _ source: SourceState?, _ writer: inout StoreWriter
    ) throws(StoreError) -> UInt64 {
        let current = snapshot.withLock { $0 }
        guard var index = current.index else { throw noIndex }
        guard !batch.changes.isEmpty else { return try note(source, current, &writer) }
        // Built before anything is written: a record that no segment can hold changes nothing.
        let encoding = BatchEncoding(batch, base: base)
        let added = try SegmentWork.memory(batch, base: current.schema)
        let schema = added.segment.schema
        // The segments before it are folded, not this one: a process that makes one change need not wait for that.
        let before = try loader.folded(current)
        let payload = encoding.octets
        guard payload.count <= Journal.maximumRecord else {
            throw StoreError(.refused, "\(payload.count >> 20) MiB of changes are too many for one batch")
        }
        let isNew = index.journal == nil
        let journal = index.journal ?? .init(empty: writer.newFile())
        do {
            let position = try write(payload, journal, isNew: isNew)
            index.journal = JournalFile(number: journal.number, position: position)
        } catch {
            writer.needsRecovery = true
            throw StoreError(error)
        }
        let manifest = writer.next(index, source: source)
        let next = try StoreSnapshot(
            manifest, schema: schema, files: before.files, memory: [added] + before.memory, after: before)
        try commit(manifest, next, &writer)
        return manifest.sequence
    }

    /// Replaces a source's state, and nothing else.
    private func note(
        _ source: SourceState?, _ current: StoreSnapshot, _ writer: inout StoreWriter
    ) throws(StoreError) -> UInt64 {
        guard let source, !writer.manifest.sources.contains(source) else { return writer.manifest.sequence }
        let manifest = writer.next(current.index, source: source)
        try commit(manifest, try loader.load(manifest, after: current), &writer)
        return manifest.sequence
    }

    /// Appends a record to the journal and makes it, and the journal's name, durable.
    private func write(
        _ payload: [UInt8], _ journal: JournalFile, isNew: Bool
    ) throws(StorageError) -> JournalPosition {
        let path = layout.path(journal.name)
        let open =
            isNew
            ? try Journal.create(path, number: journal.number, files: files)
            : try Journal.open(path, at: journal.position, files: files)
        try open.append(payload.span)
        try open.synchronize()
        if isNew { try files.synchronizeDirectory(layout.folder) }
        return open.position
    }
}

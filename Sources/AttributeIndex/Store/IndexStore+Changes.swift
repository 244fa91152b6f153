public import Schema
import Storage
import Synchronization

extension IndexStore {
    /// Replaces all that a source gave by the entries of `builder`: an import. All or nothing: after an error, a crash or with
    /// a full disk the directory is what it was before.
    @discardableResult
    public func replaceAll(
        source: SourceID = .ldif, with builder: consuming SegmentBuilder, metadata: ImportMetadata
    ) throws(StoreError) -> Publication {
        let number = try writing { (writer) throws(StoreError) in
            let number = writer.newFile()
            writer.inProgress.insert(number)
            return number
        }
        defer { endFile(number) }
        do { try layout.make(source, files) } catch { throw StoreError(error) }
        let file = try writeSegment(builder, number, source)
        do throws(StoreError) {
            return try writing { (writer) throws(StoreError) in
                try publish(file, of: source, metadata, &writer)
            }
        } catch {
            // Reading again what counts removes the new file at once if it is not that: the disk may be full.
            endFile(number)
            try? writing { (_) throws(StoreError) in }
            throw error
        }
    }

    private func publish(
        _ file: SegmentFile, of source: SourceID, _ metadata: ImportMetadata, _ writer: inout StoreWriter
    ) throws(StoreError) -> Publication {
        var manifest = writer.manifest
        manifest.sequence += 1
        manifest.sources = [
            SourceManifest(id: source, metadata: metadata, nextFile: writer.nextFile, segments: [file], journal: nil)
        ]
        do {
            // Opened before it counts: what cannot be read again is not published.
            let next = try loader.load(manifest, after: nil)
            try commit(manifest, next, &writer)
        } catch {
            writer.needsRecovery = true
            throw error
        }
        return Publication(sequence: manifest.sequence, foldingFailure: nil)
    }

    /// Makes changes, all or none: they are in the journal and durable when this returns. Of several changes of one entry the
    /// last counts. `schema` is the one that the records' attribute types are numbers of: that of the current generation,
    /// or one that adds to it.
    @discardableResult
    public func apply(_ changes: [EntryChange], schema: Schema, source: SourceID = .ldif) throws(StoreError)
        -> Publication
    {
        let sequence = try writing { (writer) throws(StoreError) in
            try append(ChangeBatch(changes: changes, schema: schema), source, &writer)
        }
        do {
            try foldAutomatically()
            return Publication(sequence: sequence, foldingFailure: nil)
        } catch {
            return Publication(sequence: sequence, foldingFailure: error)
        }
    }

    private func append(
        _ batch: ChangeBatch, _ id: SourceID, _ writer: inout StoreWriter
    ) throws(StoreError) -> UInt64 {
        let current = snapshot.withLock { $0 }
        guard var source = current.source, source.id == id else { throw noIndex }
        guard !batch.changes.isEmpty else { return writer.manifest.sequence }
        // Built before anything is written: a record that no segment can hold changes nothing.
        let added = try SegmentWork.memory(batch, base: current.schema)
        let schema = added.segment.schema
        // The segments before it are folded, not this one: a process that makes one change need not wait for that.
        let before = try loader.folded(current)
        let payload = batch.encoded(base: base)
        guard payload.count <= Journal.maximumRecord else {
            throw StoreError(.refused, "\(payload.count >> 20) MiB of changes are too many for one batch")
        }
        let isNew = source.journal == nil
        let journal = source.journal ?? .init(empty: writer.newFile())
        var manifest = writer.manifest
        manifest.sequence += 1
        do {
            let position = try write(payload, journal, isNew: isNew, id)
            source.journal = JournalFile(number: journal.number, position: position)
        } catch {
            writer.needsRecovery = true
            throw StoreError(error)
        }
        source.nextFile = writer.nextFile
        manifest.sources = [source]
        let next = try StoreSnapshot(
            manifest, schema: schema, files: before.files, memory: [added] + before.memory, after: before)
        try commit(manifest, next, &writer)
        return manifest.sequence
    }

    /// Appends a record to the journal and makes it, and the journal's name, durable.
    private func write(
        _ payload: [UInt8], _ journal: JournalFile, isNew: Bool, _ source: SourceID
    ) throws(StorageError) -> JournalPosition {
        let path = layout.path(source, journal.name)
        let open =
            isNew
            ? try Journal.create(path, number: journal.number, files: files)
            : try Journal.open(path, at: journal.position, files: files)
        try open.append(payload.span)
        try open.synchronize()
        if isNew { try files.synchronizeDirectory(layout.folder(source)) }
        return open.position
    }

    /// Writes a segment's file, durable under its name. On failure it is removed again.
    func writeSegment(
        _ builder: consuming SegmentBuilder, _ number: UInt32, _ source: SourceID
    ) throws(StoreError) -> SegmentFile {
        let path = layout.path(source, storeFileName(number, "segment"))
        let entries = builder.entryCount
        do throws(StoreError) {
            let file = try create(path)
            do throws(SegmentError) { try builder.finish(into: file) } catch { throw StoreError(error, path: path) }
            return try finish(file, SegmentFile(number: number, size: 0, tail: 0, entries: entries), source)
        } catch {
            try? files.remove(path)
            throw error
        }
    }

    private func create(_ path: String) throws(StoreError) -> any File {
        do { return try files.open(path, .create) } catch { throw StoreError(error) }
    }

    /// Makes a segment's file durable and notes what to know it by.
    private func finish(
        _ file: any File, _ unfinished: SegmentFile, _ source: SourceID
    ) throws(StoreError) -> SegmentFile {
        do {
            try file.synchronize()
            try files.synchronizeDirectory(layout.folder(source))
            var segment = unfinished
            segment.size = try file.size()
            let range = SegmentFile.tail(ofSize: segment.size)
            var tail: [UInt8] = []
            try file.read(range.count, at: range.lowerBound, into: &tail)
            segment.tail = CRC32C.checksum(tail.span)
            return segment
        } catch {
            throw StoreError(error)
        }
    }

    /// A file's writing is over: it is named by the manifest now, or may be removed.
    func endFile(_ number: UInt32) {
        writer.withLock { _ = $0?.inProgress.remove(number) }
    }
}

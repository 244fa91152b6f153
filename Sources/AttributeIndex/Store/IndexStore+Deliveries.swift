import Storage
import Synchronization

extension IndexStore {
    /// Begins a large delivery of a source.
    public func beginDelivery() throws(StoreError) -> Delivery {
        guard snapshot.withLock({ $0.index != nil }) else { throw noIndex }
        return Delivery(self)
    }

    /// Publishes what was added to a delivery in front of all else, together with where its source stands after it. All or
    /// nothing, as `apply`; the delivery is over in either case. Small files are folded then, as after `apply`; large ones wait for
    /// `compact(.due)`, without which look-ups go through as many files as the delivery has.
    ///
    /// Names are the caller's to keep apart: nobody else may take one of the delivery's between its look and this.
    /// - Throws: `.superseded` as `apply` does.
    @discardableResult
    public func publish(_ delivery: Delivery, source: SourceState) throws(StoreError) -> Publication {
        guard let delivered = delivery.take() else {
            throw StoreError(.refused, "the delivery was published before")
        }
        let sequence = try publish(delivered, source)
        do {
            try foldSmallFiles()
            return Publication(sequence: sequence, foldingFailure: nil)
        } catch {
            return Publication(sequence: sequence, foldingFailure: error)
        }
    }

    /// Removes a source: its people and its state. All or nothing, as `apply`. Nothing is done where there is neither.
    @discardableResult
    public func removeSource(_ id: SourceID) throws(StoreError) -> Publication {
        let number = try beginFile()
        defer { endFile(number) }
        return try writing(for: id) { (writer) throws(StoreError) in
            let current = snapshot.withLock { $0 }
            var builder = SegmentBuilder(schema: current.schema)
            do throws(SegmentError) {
                try current.generation.forEachEntry(of: id) { _, key, _ in
                    builder.addTombstone(key: [UInt8](copying: key))
                }
            } catch {
                throw StoreError(error, path: directory)
            }
            let isKnown = writer.manifest.sources.contains { $0.id == id }
            guard isKnown || !builder.tombstones.isEmpty else {
                return Publication(sequence: writer.manifest.sequence, foldingFailure: nil)
            }
            let file = builder.tombstones.isEmpty ? [] : [try writeSegment(builder, number)]
            let sequence = try putInFront(file, &writer) { writer, index in
                var manifest = writer.next(index)
                manifest.sources.removeAll { $0.id == id }
                return manifest
            }
            return Publication(sequence: sequence, foldingFailure: nil)
        }
    }

    private func publish(_ delivered: [SegmentFile], _ source: SourceState) throws(StoreError) -> UInt64 {
        do throws(StoreError) {
            let sequence = try writing(for: source.id) { (writer) throws(StoreError) in
                try putInFront(delivered, &writer) { writer, index in writer.next(index, source: source) }
            }
            for file in delivered { endFile(file.number) }
            return sequence
        } catch {
            // Whether it counts nobody knows before the manifest is read again, which removes the files if it does not.
            for file in delivered { endFile(file.number) }
            writer.withLock { $0?.needsRecovery = true }
            try? writing { (_) throws(StoreError) in }
            throw error
        }
    }

    /// Publishes files in front of those that are there, and of what the journal holds.
    private func putInFront(
        _ delivered: [SegmentFile], _ writer: inout StoreWriter, _ manifest: (StoreWriter, IndexManifest) -> Manifest
    ) throws(StoreError) -> UInt64 {
        let current = snapshot.withLock { $0 }
        var index = try flushed(current, &writer)
        index.segments = delivered + index.segments
        let manifest = manifest(writer, index)
        // Opened before it counts: what cannot be read again is not published.
        let next = try loader.load(manifest, after: current)
        try commit(manifest, next, &writer)
        return manifest.sequence
    }

    /// Removes files that were never published.
    func remove(_ unpublished: [SegmentFile]) {
        for file in unpublished {
            try? files.remove(layout.path(file.name))
            endFile(file.number)
        }
    }
}

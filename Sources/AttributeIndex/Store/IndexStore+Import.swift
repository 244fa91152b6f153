import Schema
import Storage
import Synchronization

extension IndexStore {
    /// Replaces all that LDIF gave by the entries of `builder`: an import. What identity providers gave stays as it is, and so
    /// does where they stand. All or nothing: after an error, a crash or with a full disk the directory is what it was before.
    ///
    /// A store that was opened to replace what may be damaged does without the identity providers' people where they cannot be
    /// read, and without their states, so that they come again: see `Publication.forgotten`.
    /// - Throws: `.refused` where an entry has the name of an identity provider's, or none is what that one's lies below.
    @discardableResult
    public func replaceAll(
        with builder: consuming SegmentBuilder, metadata: ImportMetadata
    ) throws(StoreError) -> Publication {
        let number = try beginFile()
        defer { endFile(number) }
        do { try layout.make(files) } catch { throw StoreError(error) }
        let file = try writeSegment(builder, number)
        do throws(StoreError) {
            return try writing { (writer) throws(StoreError) in
                try publish(file, metadata, &writer)
            }
        } catch {
            // Reading again what counts removes the new files at once if they are not that: the disk may be full.
            endFile(number)
            writer.withLock { $0?.needsRecovery = true }
            try? writing { (_) throws(StoreError) in }
            throw error
        }
    }

    private func publish(
        _ file: SegmentFile, _ metadata: ImportMetadata, _ writer: inout StoreWriter
    ) throws(StoreError) -> Publication {
        var (segments, forgotten): ([SegmentFile], [SourceState]) = ([file], [])
        do throws(StoreError) {
            if let kept = try keepSources(beside: file, &writer) { segments.insert(kept, at: 0) }
        } catch  where writer.tolerant && error.code == .damaged {
            forgotten = writer.manifest.sources
        }
        var manifest = writer.next(IndexManifest(metadata: metadata, nextFile: 0, segments: segments, journal: nil))
        if !forgotten.isEmpty { manifest.sources = [] }
        // Opened before it counts: what cannot be read again is not published.
        let next = try loader.load(manifest, after: nil)
        try commit(manifest, next, &writer)
        removeFormerFiles()
        return Publication(sequence: manifest.sequence, foldingFailure: nil, forgotten: forgotten)
    }

    /// Writes the entries of all sources as a file of its own; nil where there are none.
    private func keepSources(
        beside file: SegmentFile, _ writer: inout StoreWriter
    ) throws(StoreError) -> SegmentFile? {
        guard !writer.manifest.sources.isEmpty else { return nil }
        let current = snapshot.withLock { $0 }
        let imported = try loader.open(file, base)
        let found: (count: Int, misplaced: EntryPlace?)
        let refusal: StoreError?
        do {
            found = try IndexStore.places(of: current.generation, beside: imported)
            refusal = try found.misplaced.map { (place) throws(SegmentError) in
                try self.refusal(of: place, current, imported)
            }
        } catch {
            throw StoreError(error, path: layout.folder)
        }
        if let refusal { throw refusal }
        guard found.count > 0 else { return nil }
        let segments = current.generation.segments
        let merge = try SegmentWork.merge(
            segments, current.schema, dropsTombstones: true,
            keeps: { (segment, entry) throws(SegmentError) in
                try segments[segment].sourceValue(of: segments[segment].view(entry)) != nil
            })
        return try writeSegment(merge, writer.newFile())
    }

    /// Counts the entries of sources, and finds one whose name was imported, or whose parent was not.
    private static func places(
        of generation: Generation, beside imported: Segment
    ) throws(SegmentError) -> (count: Int, misplaced: EntryPlace?) {
        var (count, parent): (Int, [UInt8]?) = (0, nil)
        var misplaced: EntryPlace?
        try generation.forEachSourceEntry { (place, key, _) throws(SegmentError) in
            count += 1
            guard misplaced == nil else { return }
            let above = key.extracting(0..<max(0, DITKey.parent(of: key)))
            if parent.map({ !above.equals($0.span) }) ?? true {
                parent = [UInt8](copying: above)
                if try imported.entry(withKey: above) == nil { misplaced = place }
            }
            if try imported.entry(withKey: key) != nil { misplaced = place }
        }
        return (count, misplaced)
    }

    private func refusal(
        of place: EntryPlace, _ current: StoreSnapshot, _ imported: Segment
    ) throws(SegmentError) -> StoreError {
        let segment = current.generation.segments[place.segment]
        let name = String(decoding: [UInt8](copying: try segment.dn(place.entry)), as: UTF8.self)
        let id = try segment.source(of: place.entry)?.id
        let source = current.manifest.sources.first { $0.id == id }?.name ?? "an identity provider"
        guard try imported.entry(withKey: segment.entryKey(place.entry)) != nil else {
            return StoreError(
                .refused,
                "\(name) comes from \(source), and the files give no entry for it to lie below; "
                    + "import them with the suffix the directory has")
        }
        return StoreError(
            .refused,
            "\(name) comes from \(source), so that the files may not give an entry of that name; "
                + "take it out of them")
    }

    /// Removes what version 1 of the manifest named, which nothing does any more.
    private func removeFormerFiles() {
        for name in (try? files.list(layout.formerFolder)) ?? [] where StoreLayout.number(ofFile: name) != nil {
            try? files.remove("\(layout.formerFolder)/\(name)")
        }
    }
}

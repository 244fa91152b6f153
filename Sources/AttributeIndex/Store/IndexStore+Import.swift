import Schema
import Storage
import Synchronization

extension IndexStore {
    /// Replaces all that LDIF gave by the entries of `builder`: an import. What identity providers gave stays as it is.
    /// All or nothing: after an error, a crash or with a full disk the directory is what it was before.
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
            // Reading again what counts removes the new file at once if it is not that: the disk may be full.
            endFile(number)
            try? writing { (_) throws(StoreError) in }
            throw error
        }
    }

    private func publish(
        _ file: SegmentFile, _ metadata: ImportMetadata, _ writer: inout StoreWriter
    ) throws(StoreError) -> Publication {
        let manifest = writer.next(
            IndexManifest(metadata: metadata, nextFile: 0, segments: [file], journal: nil))
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
}

import Storage
import Synchronization

/// Segment files that no manifest names yet.
extension IndexStore {
    /// A number for a file that is written while others change the directory; `endFile` ends that.
    func beginFile() throws(StoreError) -> UInt32 {
        try writing { (writer) throws(StoreError) in
            let number = writer.newFile()
            writer.inProgress.insert(number)
            return number
        }
    }

    /// Writes a segment's file, durable under its name. On failure it is removed again.
    func writeSegment<Unfinished: UnfinishedSegment & ~Copyable>(
        _ segment: consuming Unfinished, _ number: UInt32
    ) throws(StoreError) -> SegmentFile {
        let path = layout.path(storeFileName(number, "segment"))
        let entries = segment.entryCount
        do throws(StoreError) {
            let file = try create(path)
            do throws(SegmentError) { try segment.finish(into: file) } catch { throw StoreError(error, path: path) }
            return try finish(file, SegmentFile(number: number, size: 0, tail: 0, entries: entries))
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
        _ file: any File, _ unfinished: SegmentFile
    ) throws(StoreError) -> SegmentFile {
        do {
            try file.synchronize()
            try files.synchronizeDirectory(layout.folder)
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

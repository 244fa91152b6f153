import Schema
import Storage

/// Building segments from changes and from other segments.
enum SegmentWork {
    /// Opens a mapping, with the error that its file deserves.
    static func segment(_ mapping: MappedFile, _ schema: Schema) throws(StoreError) -> Segment {
        do {
            return try Segment(mapping: mapping, schema: schema)
        } catch {
            throw StoreError(error, path: mapping.path)
        }
    }

    /// A batch as a segment in memory. `base` is the schema to open it with.
    static func memory(_ batch: ChangeBatch, base: Schema) throws(StoreError) -> StoreSnapshot.MemorySegment {
        var last: [[UInt8]: Int] = [:]
        for (index, change) in batch.changes.enumerated() { last[change.key] = index }
        var builder = SegmentBuilder(schema: batch.schema)
        do {
            for (index, change) in batch.changes.enumerated() where last[change.key] == index {
                switch change {
                case .put(let record): try builder.add(record)
                case .delete(let key): builder.addTombstone(key: key)
                }
            }
        } catch {
            throw StoreError(error, path: "the change")
        }
        return try memory(builder, base)
    }

    /// Folds segments, newest first, into one in memory.
    static func fold(
        _ segments: [Segment], _ schema: Schema, dropsTombstones: Bool
    ) throws(StoreError) -> StoreSnapshot.MemorySegment {
        try memory(try merged(segments, schema, dropsTombstones: dropsTombstones), schema)
    }

    private static func memory(
        _ builder: consuming SegmentBuilder, _ schema: Schema
    ) throws(StoreError) -> StoreSnapshot.MemorySegment {
        let mapping: MappedFile
        do { mapping = try builder.finish().mapping } catch { throw StoreError(error, path: "the change") }
        let segment = try segment(mapping, schema)
        return StoreSnapshot.MemorySegment(
            segment: segment, weight: Int(segment.entryCount) + segment.tombstoneCount)
    }

    /// What segments, newest first, hold together: of each name the newest entry, or that it is gone.
    static func merged(
        _ segments: [Segment], _ schema: Schema, dropsTombstones: Bool
    ) throws(StoreError) -> SegmentBuilder {
        var builder = SegmentBuilder(schema: schema)
        do throws(SegmentError) {
            for (index, segment) in segments.enumerated() {
                try add(segment, newer: segments[..<index], to: &builder, dropsTombstones: dropsTombstones)
            }
        } catch {
            throw StoreError(error, path: "the index")
        }
        return builder
    }

    private static func add(
        _ segment: Segment, newer: ArraySlice<Segment>, to builder: inout SegmentBuilder, dropsTombstones: Bool
    ) throws(SegmentError) {
        for id in 0..<segment.entryCount {
            if try isReplaced(segment.entryKey(id), in: newer) { continue }
            try builder.add(segment.record(id))
        }
        guard !dropsTombstones else { return }
        for tombstone in 0..<segment.tombstoneCount {
            let key = try segment.tombstone(tombstone)
            if try isReplaced(key, in: newer) { continue }
            builder.addTombstone(key: Array(copying: key))
        }
    }

    private static func isReplaced(_ key: Span<UInt8>, in newer: ArraySlice<Segment>) throws(SegmentError) -> Bool {
        for segment in newer {
            if try segment.entry(withKey: key) != nil { return true }
            if try hasTombstone(key, in: segment) { return true }
        }
        return false
    }

    private static func hasTombstone(_ key: Span<UInt8>, in segment: Segment) throws(SegmentError) -> Bool {
        var low = 0
        var high = segment.tombstoneCount
        while low < high {
            let middle = low + (high - low) / 2
            let order = try segment.tombstone(middle).compare(key)
            if order == 0 { return true }
            if order < 0 { low = middle + 1 } else { high = middle }
        }
        return false
    }
}

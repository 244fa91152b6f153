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
        let mapping: MappedFile
        do { mapping = try builder.finish().mapping } catch { throw StoreError(error, path: "the change") }
        return StoreSnapshot.MemorySegment(try segment(mapping, base))
    }

    /// Folds segments, newest first, into one in memory.
    static func fold(
        _ segments: [Segment], _ schema: Schema, dropsTombstones: Bool
    ) throws(StoreError) -> StoreSnapshot.MemorySegment {
        let merge = try merge(segments, schema, dropsTombstones: dropsTombstones)
        let mapping: MappedFile
        do { mapping = try merge.finish().mapping } catch { throw StoreError(error, path: "the index") }
        return StoreSnapshot.MemorySegment(try segment(mapping, schema))
    }

    /// What segments, newest first, hold together: of each name the newest entry, or that it is gone. With `keeps`, only those
    /// of the newest entries that it is true of, by segment and entry.
    static func merge(
        _ segments: [Segment], _ schema: Schema, dropsTombstones: Bool, maximumThreads: Int = .max,
        keeps: ((Int, EntryID) throws(SegmentError) -> Bool)? = nil
    ) throws(StoreError) -> SegmentMerge {
        do {
            return try SegmentMerge(
                segments, schema: schema, dropsTombstones: dropsTombstones, maximumThreads: maximumThreads, keeps: keeps
            )
        } catch {
            throw StoreError(error, path: "the index")
        }
    }
}

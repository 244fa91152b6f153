import AttributeIndex

/// The entries of a list, read some ahead of the one that is looked at: their records are asked for meanwhile, as each would
/// otherwise be waited for.
struct EntryReadAhead {
    private static let batchSize = 32
    /// How far ahead records are asked for.
    private static let distance = 6

    private var batch = PostingBatch()
    private var given = 0

    /// Forgets what was read of a list.
    mutating func removeAll() {
        given = batch.count
    }

    /// The next entry of a list, nil after the last.
    mutating func next(_ list: inout PostingCursor, in segment: Segment) throws(SegmentError) -> EntryID? {
        if given >= batch.count {
            guard try list.next(into: &batch, limit: EntryReadAhead.batchSize, in: segment) else { return nil }
            given = 0
            for index in 0..<batch.count { segment.prefetchRow(of: batch[index]) }
            for index in 0..<min(batch.count, EntryReadAhead.distance) { segment.prefetchRecord(of: batch[index]) }
        }
        let ahead = given + EntryReadAhead.distance
        if ahead < batch.count { segment.prefetchRecord(of: batch[ahead]) }
        given += 1
        return batch[given - 1]
    }
}

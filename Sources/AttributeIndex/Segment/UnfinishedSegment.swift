import Storage

/// What a segment's file can be written from.
protocol UnfinishedSegment: ~Copyable {
    /// Entries that the segment will have.
    var entryCount: Int { get }

    /// Writes the segment to an empty file, from its start. The caller makes it durable.
    consuming func finish(into file: any File) throws(SegmentError)
}

extension SegmentBuilder: UnfinishedSegment {}
extension SegmentMerge: UnfinishedSegment {}

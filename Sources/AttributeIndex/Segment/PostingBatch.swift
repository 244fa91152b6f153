/// Up to 128 numbers of a posting list at once: what loops over many should take them by.
public struct PostingBatch: Sendable {
    /// Numbers it can hold.
    public static let capacity = PostingsFormat.blockSize

    private var numbers = InlineArray<128, UInt32>(repeating: 0)
    /// Numbers it holds.
    public private(set) var count = 0

    /// A batch without numbers.
    public init() {}

    /// One of the numbers; they ascend. `index` must be below `count`.
    @inline(__always)
    public subscript(index: Int) -> UInt32 { numbers[index] }

    /// The highest number; the batch must not be empty.
    var last: UInt32 { numbers[count - 1] }

    mutating func removeAll() {
        count = 0
    }

    @inline(__always)
    mutating func append(_ number: UInt32) {
        numbers[count] = number
        count &+= 1
    }

    /// Keeps, of the numbers from place `start` on, those that a list has, where `ahead` is the batch of that list that was read last.
    mutating func intersect(
        from start: Int, _ list: inout PostingCursor, _ ahead: inout PostingBatch, _ place: inout Int,
        in segment: Segment
    ) throws(SegmentError) {
        var kept = start
        for index in start..<count {
            let number = numbers[index]
            while place >= ahead.count || ahead.numbers[place] < number {
                if place >= ahead.count || ahead.last < number {
                    try list.skip(to: number, in: segment)
                    place = 0
                    guard try list.next(into: &ahead, in: segment) else {
                        count = kept
                        return
                    }
                } else {
                    place &+= 1
                }
            }
            if ahead.numbers[place] == number {
                numbers[kept] = number
                kept &+= 1
            }
        }
        count = kept
    }
}

extension PostingCursor {
    /// Puts the next numbers, up to 128, into `batch` in place of what it held; false when there are none left.
    public mutating func next(
        into batch: inout PostingBatch, in segment: Segment
    ) throws(SegmentError) -> Bool {
        batch.removeAll()
        switch kind {
        case .range:
            while number < universe, batch.count < PostingBatch.capacity {
                batch.append(number)
                number &+= 1
            }
        case .bitmap:
            while batch.count < PostingBatch.capacity, let found = try next(in: segment) { batch.append(found) }
        case .blocks:
            try nextBlock(into: &batch, in: segment)
        }
        return batch.count > 0
    }

    /// Moves forward so that the next number is the first that is `target` or more, or one before it in the same block.
    mutating func skip(to target: UInt32, in segment: Segment) throws(SegmentError) {
        switch kind {
        case .range, .bitmap: number = max(number, target)
        case .blocks: try skipBlocks(to: target, segment.bytes)
        }
    }

    /// The rest of the block.
    private mutating func nextBlock(into batch: inout PostingBatch, in segment: Segment) throws(SegmentError) {
        guard let first = try next(in: segment) else { return }
        batch.append(first)
        let inBlock = given & (PostingsFormat.blockSize - 1)
        guard inBlock > 0 else { return }
        let rest = min(count - given, PostingsFormat.blockSize - inBlock)
        guard rest > 0 else { return }
        // No delta takes more than five octets.
        var deltas = VarintReader(try segment.octets(position..<max(position, min(end, position + 5 * rest))))
        var last = UInt64(first)
        for _ in 0..<rest {
            last += 1 + min(try deltas.next(), UInt64(UInt32.max))
            guard last < UInt64(universe) else { throw .damaged("a posting list runs over its universe") }
            batch.append(UInt32(truncatingIfNeeded: last))
        }
        position += deltas.position
        given += rest
        number = UInt32(truncatingIfNeeded: last)
    }
}

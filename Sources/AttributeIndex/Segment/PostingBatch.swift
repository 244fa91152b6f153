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

    /// Keeps the numbers that a list has, where `ahead` is the batch of that list that was read last and `place` the place in it.
    mutating func intersect(
        _ list: inout PostingCursor, _ ahead: inout PostingBatch, _ place: inout Int, in segment: Segment
    ) throws(SegmentError) {
        if list.kind == .bitmap { return try intersect(bitmap: list, in: segment) }
        var kept = 0
        for index in 0..<count {
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

    /// A bitmap says of each number by itself whether it has it.
    private mutating func intersect(bitmap list: PostingCursor, in segment: Segment) throws(SegmentError) {
        var kept = 0
        for index in 0..<count {
            let number = numbers[index]
            guard try list.bitmapHolds(number, in: segment) else { continue }
            numbers[kept] = number
            kept &+= 1
        }
        count = kept
    }
}

extension PostingCursor {
    /// Puts the next numbers, up to `limit` and 128, into `batch` in place of what it held; false when there are none left.
    public mutating func next(
        into batch: inout PostingBatch, limit: Int = PostingBatch.capacity, in segment: Segment
    ) throws(SegmentError) -> Bool {
        try next(into: &batch, limit: limit, segment.bytes)
    }

    @inline(__always)
    mutating func next(
        into batch: inout PostingBatch, limit: Int, _ bytes: SegmentBytes
    ) throws(SegmentError) -> Bool {
        batch.removeAll()
        let limit = min(limit, PostingBatch.capacity)
        switch kind {
        case .range:
            while number < universe, batch.count < limit {
                batch.append(number)
                number &+= 1
            }
        case .bitmap: try nextBits(into: &batch, limit: limit, bytes)
        case .blocks: try nextBlock(into: &batch, limit: limit, bytes)
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

    /// Whether a bitmap has a number.
    @inline(__always)
    fileprivate func bitmapHolds(_ number: UInt32, in segment: Segment) throws(SegmentError) -> Bool {
        guard number < universe else { return false }
        return try segment.bytes.uint64(at: table &+ Int(number >> 6) &* 8) >> UInt64(number & 63) & 1 != 0
    }

    /// The bits of one word after the other.
    private mutating func nextBits(
        into batch: inout PostingBatch, limit: Int, _ bytes: SegmentBytes
    ) throws(SegmentError) {
        // Numbers are below 2^31, so that the first behind the last word is one too.
        while number < universe, batch.count < limit {
            let start = number & ~63
            var word = try bytes.uint64(at: table &+ Int(number >> 6) &* 8) & (~0 &<< UInt64(number & 63))
            while word != 0, batch.count < limit {
                let found = start &+ UInt32(truncatingIfNeeded: word.trailingZeroBitCount)
                guard found < universe else { throw .damaged("a posting list runs over its universe") }
                batch.append(found)
                number = found &+ 1
                word &= word &- 1
            }
            if word == 0 { number = start &+ 64 }
        }
    }

    /// The rest of the block, or as much of it as is wanted.
    private mutating func nextBlock(
        into batch: inout PostingBatch, limit: Int, _ bytes: SegmentBytes
    ) throws(SegmentError) {
        guard let first = try nextInBlocks(bytes) else { return }
        batch.append(first)
        let inBlock = given & (PostingsFormat.blockSize - 1)
        guard inBlock > 0 else { return }
        let rest = min(count - given, PostingsFormat.blockSize - inBlock, limit - 1)
        guard rest > 0 else { return }
        let firstBit = width &* (inBlock &- 1)
        let start = position &+ firstBit >> 3
        var bit = firstBit & 7
        let size = (bit &+ width &* rest &+ 7) >> 3
        guard size <= end - start else { throw .damaged("a posting list runs over its end") }
        // Each difference is read as a word, whose other bits are masked out; a segment never ends with a list.
        let octets = try bytes.span(at: start, count: size &+ 8)
        let mask: UInt64 = (1 &<< UInt64(width)) &- 1
        var last = UInt64(first)
        for _ in 0..<rest {
            last &+= 1 &+ octets.littleEndian64(at: bit >> 3) >> UInt64(bit & 7) & mask
            bit &+= width
            batch.append(UInt32(truncatingIfNeeded: last))
        }
        // So few differences of 31 bits cannot have come round.
        guard last < UInt64(universe) else { throw .damaged("a posting list runs over its universe") }
        given += rest
        number = UInt32(truncatingIfNeeded: last)
    }
}

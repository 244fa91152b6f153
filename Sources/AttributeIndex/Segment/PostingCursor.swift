/// A place in an ascending list of numbers: entries that have a value, or values that hold a trigram.
///
/// A plain value without a reference to its segment, so that keeping one in a suspended search costs nothing; every step names
/// the segment it came from. A cursor of another segment gives wrong numbers or an error, never a trap.
public struct PostingCursor: Sendable {
    enum State: UInt8 {
        case range
        case bitmap
        case blocks
    }

    /// How many numbers the list holds in all.
    public let count: Int
    let kind: State
    /// Numbers are below this.
    let universe: UInt32
    /// Blocks: the table; bitmap: the words. Absolute.
    let table: Int
    /// Blocks: where the first of them begins, and where the list's space ends. Absolute.
    let data: Int
    let end: Int
    /// Range: the next number, and the one after the last. Bitmap: the next number to look at. Blocks: the number before.
    var number: UInt32
    /// Blocks: how many numbers were given; range and bitmap: not used.
    var given: Int = 0
    /// Blocks: where the block's differences begin, and how many bits each takes.
    var position: Int = 0
    var width: Int = 0

    /// The list of no numbers.
    public static var empty: PostingCursor { PostingCursor(range: 0..<0) }

    /// The list of all numbers in a range.
    public init(range: Range<UInt32>) {
        count = range.count
        kind = .range
        universe = range.upperBound
        table = 0
        data = 0
        end = 0
        number = range.lowerBound
    }

    /// The list of one number, which must be below the highest there is.
    @inline(__always)
    init(only number: UInt32) {
        count = 1
        kind = .range
        universe = number &+ 1
        table = 0
        data = 0
        end = 0
        self.number = number
    }

    /// Whether the numbers stand apart, so that what they number does too.
    @inline(__always)
    public var isScattered: Bool { kind != .range }

    init(kind: State, count: Int, universe: UInt32, table: Int, data: Int, end: Int) {
        self.count = count
        self.kind = kind
        self.universe = universe
        self.table = table
        self.data = data
        self.end = end
        number = 0
        position = data
    }

    /// The next number, nil after the last. Throws when the segment is damaged.
    @inline(__always)
    public mutating func next(in segment: Segment) throws(SegmentError) -> UInt32? {
        if kind == .range {
            guard number < universe else { return nil }
            defer { number &+= 1 }
            return number
        }
        return kind == .blocks ? try nextInBlocks(segment.bytes) : try nextBit(segment.bytes)
    }

    /// Moves forward to the first number that is `target` or more and gives it, so that the next `next` gives the one after it;
    /// nil when there is none. Never moves back.
    public mutating func next(atLeast target: UInt32, in segment: Segment) throws(SegmentError) -> UInt32? {
        switch kind {
        case .range, .bitmap:
            number = max(number, target)
            return try next(in: segment)
        case .blocks:
            try skipBlocks(to: target, segment.bytes)
            while let found = try nextInBlocks(segment.bytes) {
                if found >= target { return found }
            }
            return nil
        }
    }

    mutating func nextInBlocks(_ bytes: SegmentBytes) throws(SegmentError) -> UInt32? {
        guard given < count else { return nil }
        let found: UInt64
        let inBlock = given & (PostingsFormat.blockSize - 1)
        if inBlock == 0 {
            let row = try bytes.uint64(at: table + 8 * (given / PostingsFormat.blockSize))
            found = row & UInt64(UInt32.max)
            width = Int(truncatingIfNeeded: row >> 32 & (1 << UInt64(PostingsFormat.widthBits) - 1))
            position = data + 4 * Int(truncatingIfNeeded: row >> UInt64(32 + PostingsFormat.widthBits))
            guard given == 0 || found > UInt64(number) else { throw .damaged("a posting list does not ascend") }
        } else {
            let bit = width &* (inBlock &- 1)
            let place = position &+ bit >> 3
            // A block of neighbours takes no octets, and may begin where the space ends.
            guard (bit &+ width &+ 7) >> 3 <= end - position else { throw .damaged("a posting list runs over its end") }
            // What stands behind the list is not its own, and is masked out; a segment never ends with one.
            let difference = try bytes.uint64(at: place) >> UInt64(bit & 7) & ((1 &<< UInt64(width)) &- 1)
            found = UInt64(number) &+ 1 &+ difference
        }
        guard found < UInt64(universe) else { throw .damaged("a posting list runs over its universe") }
        number = UInt32(truncatingIfNeeded: found)
        given += 1
        return number
    }

    /// Goes to the last block whose first number is not above `target`, if it lies ahead.
    mutating func skipBlocks(to target: UInt32, _ bytes: SegmentBytes) throws(SegmentError) {
        var low = given / PostingsFormat.blockSize
        if given % PostingsFormat.blockSize == 0, given > 0 { low -= 1 }
        let current = low
        var high = PostingsFormat.blockCount(count)
        // Invariant: block `low` is where we are or begins at `target` or before; blocks from `high` on begin after it.
        while high - low > 1 {
            let middle = low + (high - low) / 2
            if try bytes.uint32(at: table + 8 * middle) <= target { low = middle } else { high = middle }
        }
        if low > current {
            let first = try bytes.uint32(at: table + 8 * low)
            guard first > number || given == 0 else { throw .damaged("a posting list does not ascend") }
            given = low * PostingsFormat.blockSize
        }
    }

    private mutating func nextBit(_ bytes: SegmentBytes) throws(SegmentError) -> UInt32? {
        while number < universe {
            let word = try bytes.uint64(at: table + Int(number >> 6) * 8) >> UInt64(number & 63)
            if word != 0 {
                let found = UInt64(number) + UInt64(word.trailingZeroBitCount)
                guard found < UInt64(universe) else { throw .damaged("a posting list runs over its universe") }
                number = UInt32(truncatingIfNeeded: found) + 1
                return number - 1
            }
            number = number | 63
            if number == .max { return nil }
            number += 1
        }
        return nil
    }
}

/// The posting lists of one dictionary: where they are, and below what their numbers are.
struct PostingsReader {
    let range: Range<Int>
    let universe: UInt32

    /// The list a reference stands for.
    @inline(__always)
    func cursor(_ reference: UInt32, _ bytes: SegmentBytes) throws(SegmentError) -> PostingCursor {
        guard reference < universe else { return try list(reference, bytes) }
        return PostingCursor(only: reference)
    }

    /// A list that is not its one number itself.
    private func list(_ reference: UInt32, _ bytes: SegmentBytes) throws(SegmentError) -> PostingCursor {
        guard reference & PostingsFormat.listFlag != 0 else {
            throw .damaged("a posting list runs over its universe")
        }
        if reference == PostingsFormat.emptyReference { return .empty }
        let start = range.lowerBound + 4 * Int(reference & ~PostingsFormat.listFlag)
        guard start <= range.upperBound - PostingsFormat.headerSize - 4 else {
            throw .damaged("a posting list lies outside its section")
        }
        let count = try bytes.uint32(at: start)
        let body = start + PostingsFormat.headerSize
        guard count > 0, count <= universe, let kind = PostingsFormat.Kind(rawValue: try bytes.uint32(at: start + 4))
        else { throw .damaged("a posting list's header is wrong") }
        return try cursor(kind, count, body, bytes)
    }

    private func cursor(
        _ kind: PostingsFormat.Kind, _ count: UInt32, _ body: Int, _ bytes: SegmentBytes
    ) throws(SegmentError) -> PostingCursor {
        let end = range.upperBound
        switch kind {
        case .range:
            let first = try bytes.uint32(at: body)
            guard first <= universe - count else { throw .damaged("a posting list runs over its universe") }
            return PostingCursor(range: first..<first + count)
        case .bitmap:
            guard PostingsFormat.bitmapSize(universe: Int(universe)) <= end - body else {
                throw .damaged("a posting list lies outside its section")
            }
            return PostingCursor(
                kind: .bitmap, count: Int(count), universe: universe, table: body, data: body, end: end)
        case .blocks:
            let data = body + 8 * PostingsFormat.blockCount(Int(count))
            guard data <= end else { throw .damaged("a posting list lies outside its section") }
            return PostingCursor(
                kind: .blocks, count: Int(count), universe: universe, table: body, data: data, end: end)
        }
    }

    /// How many numbers the list holds, without making a cursor.
    func count(_ reference: UInt32, _ bytes: SegmentBytes) throws(SegmentError) -> Int {
        if reference & PostingsFormat.listFlag == 0 { return 1 }
        if reference == PostingsFormat.emptyReference { return 0 }
        return try cursor(reference, bytes).count
    }
}

/// Writes posting lists behind one another, each as the smallest kind that it can be (see `PostingsFormat`).
struct PostingsStorage {
    /// All lists.
    private(set) var words: [UInt32] = []
    private let universe: Int
    /// A list without the numbers that it had twice.
    private var distinct: [UInt32] = []

    init(universe: Int) {
        self.universe = universe
    }

    /// Writes a whole ascending list, in which numbers may repeat, and gives its reference.
    mutating func append(_ numbers: Span<UInt32>) throws(SegmentError) -> UInt32 {
        if numbers.count == 1 { return numbers[0] }
        var shape = PostingsShape()
        for index in numbers.indices { shape.add(numbers[index]) }
        guard let layout = shape.layout(universe: universe) else {
            return shape.count == 0 ? PostingsFormat.emptyReference : shape.first
        }
        let reference = try begin(shape.count, layout.kind)
        if layout.kind == .range {
            words.append(shape.first)
        } else if Int(shape.count) == numbers.count {
            append(numbers, layout.kind)
        } else {
            distinct.removeAll(keepingCapacity: true)
            for index in numbers.indices where index == 0 || numbers[index] != numbers[index - 1] {
                distinct.append(numbers[index])
            }
            let whole = distinct
            append(whole.span, layout.kind)
        }
        return reference
    }

    /// Writes the list of all numbers of a range, and gives its reference.
    mutating func append(_ range: Range<UInt32>) throws(SegmentError) -> UInt32 {
        guard range.count > 1 else { return range.first ?? PostingsFormat.emptyReference }
        let reference = try begin(UInt32(truncatingIfNeeded: range.count), .range)
        words.append(range.lowerBound)
        return reference
    }

    private mutating func begin(_ count: UInt32, _ kind: PostingsFormat.Kind) throws(SegmentError) -> UInt32 {
        guard words.count < Int(PostingsFormat.listFlag) - 1 else {
            throw SegmentError(.tooLarge, "The posting lists of one attribute take more than 8 GiB")
        }
        let reference = PostingsFormat.listFlag | UInt32(truncatingIfNeeded: words.count)
        words.append(count)
        words.append(kind.rawValue)
        return reference
    }

    private mutating func append(_ numbers: Span<UInt32>, _ kind: PostingsFormat.Kind) {
        if kind == .bitmap {
            let start = words.count
            words.append(contentsOf: repeatElement(0, count: PostingsFormat.bitmapSize(universe: universe) / 4))
            for index in numbers.indices { words[start + Int(numbers[index] >> 5)] |= 1 << (numbers[index] & 31) }
            return
        }
        let table = words.count
        for _ in 0..<2 * PostingsFormat.blockCount(numbers.count) { words.append(0) }
        let data = words.count
        for block in 0..<PostingsFormat.blockCount(numbers.count) {
            let start = block * PostingsFormat.blockSize
            let end = min(start + PostingsFormat.blockSize, numbers.count)
            let place = UInt32(truncatingIfNeeded: words.count - data)
            let width = appendDifferences(numbers.extracting(start..<end))
            words[table + 2 * block] = numbers[start]
            words[table + 2 * block + 1] = place << PostingsFormat.widthBits | UInt32(width)
        }
    }

    /// Writes the differences of a block, and gives how many bits each takes.
    private mutating func appendDifferences(_ numbers: Span<UInt32>) -> Int {
        var bits: UInt32 = 0
        for index in 1..<numbers.count { bits |= numbers[index] &- numbers[index - 1] &- 1 }
        let width = PostingsFormat.width(bits)
        var word: UInt64 = 0
        var filled = 0
        for index in 1..<numbers.count {
            word |= UInt64(numbers[index] &- numbers[index - 1] &- 1) << UInt64(filled)
            filled += width
            if filled >= 32 {
                words.append(UInt32(truncatingIfNeeded: word))
                word >>= 32
                filled -= 32
            }
        }
        if filled > 0 { words.append(UInt32(truncatingIfNeeded: word)) }
        return width
    }
}

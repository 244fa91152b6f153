/// How a list of ascending numbers (entries that have a value; values that hold a trigram) is kept.
///
/// A **reference** is 32 bits. With the top bit clear it is the list's one number itself. With it set the rest times four is
/// the place of the list in the attribute's postings:
///
///     count UInt32, kind UInt32, then
///     range   first UInt32                            first, first + 1, … first + count - 1
///     bitmap  a bit for each number below the universe, in 64-bit words, lowest bit first
///     blocks  for every 128 numbers: the first of them UInt32; then, UInt32, in the low five bits the width and above them, in
///             fours, where the block begins (from the end of this table). A block is the difference of each number but the first
///             to the one before it, less one, in as many bits as its width, lowest first, filled up to four octets
///
/// The smallest kind is written. Lists start at multiples of four octets.
enum PostingsFormat {
    static let blockSize = 128
    static let headerSize = 8
    static let listFlag: UInt32 = 1 << 31
    /// The reference of a list that holds nothing.
    static let emptyReference: UInt32 = .max
    /// Numbers a list can hold: those below this.
    static let universeLimit = 1 << 31

    enum Kind: UInt32 {
        case range = 0
        case bitmap = 1
        case blocks = 2
    }

    static func bitmapSize(universe: Int) -> Int { (universe + 63) / 64 * 8 }
    static func blockCount(_ count: Int) -> Int { (count + blockSize - 1) / blockSize }

    /// Bits of a block's row that say its width.
    static let widthBits: UInt32 = 5
    /// Bits that a difference takes.
    static func width(_ difference: UInt32) -> Int { 32 - difference.leadingZeroBitCount }
    /// Octets of a block of so many differences.
    static func blockOctets(_ differences: Int, width: Int) -> Int { (differences * width + 31) / 32 * 4 }
}

/// The shape of a list before it is written: counted number by number, so that its place and kind are known first.
struct PostingsShape {
    private(set) var count: UInt32 = 0
    private(set) var first: UInt32 = 0
    private(set) var last: UInt32 = 0

    init() {}

    /// All numbers below one.
    init(whole count: UInt32) {
        self.count = count
        last = count == 0 ? 0 : count - 1
    }

    /// Octets of the blocks that are complete, and all bits that any difference of the last one has.
    private var blockOctets = 0
    private var bits: UInt32 = 0

    /// Counts one more number, which must be above those before it; the same again is not counted.
    @inline(__always)
    mutating func add(_ number: UInt32) {
        if count == 0 {
            first = number
        } else {
            guard number > last else { return }
            if count % UInt32(PostingsFormat.blockSize) == 0 {
                blockOctets += lastBlockOctets
                bits = 0
            } else {
                bits |= number &- last &- 1
            }
        }
        last = number
        count += 1
    }

    private var lastBlockOctets: Int {
        let differences = (Int(count) + PostingsFormat.blockSize - 1) % PostingsFormat.blockSize
        return PostingsFormat.blockOctets(differences, width: PostingsFormat.width(bits))
    }

    /// The kind that takes least, and the octets it takes after the header; nil where the list needs no place of its own.
    func layout(universe: Int) -> (kind: PostingsFormat.Kind, size: Int)? {
        guard count > 1 else { return nil }
        if last - first == count - 1 { return (.range, 4) }
        let blocks = 8 * PostingsFormat.blockCount(Int(count)) + blockOctets + lastBlockOctets
        let bitmap = PostingsFormat.bitmapSize(universe: universe)
        return bitmap <= blocks ? (.bitmap, bitmap) : (.blocks, blocks)
    }
}

/// Writes lists, number by number, at places that shapes have given them.
struct PostingsStorage {
    /// The octets of all lists.
    var octets: [UInt8]
    let universe: Int

    init(universe: Int) {
        octets = []
        self.universe = universe
    }

    /// Makes room for a list and gives where to write it, and its reference.
    mutating func place(_ shape: PostingsShape) throws(SegmentError) -> PostingsListWriter {
        guard let layout = shape.layout(universe: universe) else {
            let reference = shape.count == 0 ? PostingsFormat.emptyReference : shape.first
            return PostingsListWriter(reference: reference, kind: .range, table: -1, data: 0)
        }
        let start = octets.count
        guard start / 4 < Int(PostingsFormat.listFlag) - 1 else {
            throw SegmentError(.tooLarge, "The posting lists of one attribute take more than 8 GiB")
        }
        octets.append(littleEndian: shape.count)
        octets.append(littleEndian: layout.kind.rawValue)
        let table = octets.count
        octets.append(contentsOf: repeatElement(0, count: (layout.size + 3) & ~3))
        let reference = PostingsFormat.listFlag | UInt32(truncatingIfNeeded: start / 4)
        let data = table + 8 * PostingsFormat.blockCount(Int(shape.count))
        return PostingsListWriter(reference: reference, kind: layout.kind, table: table, data: data)
    }

    /// Adds the next number to a list that has a place in `octets`, which are all lists'.
    @inline(__always)
    static func add(_ number: UInt32, to list: inout PostingsListWriter, in octets: inout MutableSpan<UInt8>) {
        guard list.written == 0 || number > list.last else { return }
        switch list.kind {
        case .range:
            if list.written == 0 { store32(number, at: list.table, in: &octets) }
        case .bitmap:
            octets[list.table + Int(number >> 3)] |= 1 << UInt8(number & 7)
        case .blocks:
            if list.pending.count == PostingsFormat.blockSize { writeBlock(of: &list, in: &octets) }
            list.pending.append(number)
        }
        list.last = number
        list.written += 1
    }

    /// Writes what was added last to a list: to be called when all was.
    static func finish(_ list: inout PostingsListWriter, in octets: inout MutableSpan<UInt8>) {
        if list.pending.count > 0 { writeBlock(of: &list, in: &octets) }
    }

    private static func writeBlock(of list: inout PostingsListWriter, in octets: inout MutableSpan<UInt8>) {
        let count = list.pending.count
        var bits: UInt32 = 0
        for index in 1..<max(count, 1) { bits |= list.pending[index] &- list.pending[index - 1] &- 1 }
        let width = PostingsFormat.width(bits)
        let place = UInt32(truncatingIfNeeded: (list.position - list.data) / 4)
        store32(list.pending[0], at: list.row, in: &octets)
        store32(place << PostingsFormat.widthBits | UInt32(width), at: list.row + 4, in: &octets)
        let end = list.position + PostingsFormat.blockOctets(count - 1, width: width)
        var word: UInt64 = 0
        var filled = 0
        for index in 1..<max(count, 1) {
            word |= UInt64(list.pending[index] &- list.pending[index - 1] &- 1) << UInt64(filled)
            filled += width
            if filled >= 32 {
                store32(UInt32(truncatingIfNeeded: word), at: list.position, in: &octets)
                list.position += 4
                word >>= 32
                filled -= 32
            }
        }
        if filled > 0 { store32(UInt32(truncatingIfNeeded: word), at: list.position, in: &octets) }
        list.position = end
        list.row += 8
        list.pending.removeAll()
    }

    /// Writes the list of all numbers below one.
    mutating func append(whole count: Int) throws(SegmentError) -> UInt32 {
        let list = try place(PostingsShape(whole: UInt32(truncatingIfNeeded: count)))
        var first = list
        var octets = octets.mutableSpan
        if list.table >= 0 { PostingsStorage.add(0, to: &first, in: &octets) }
        return list.reference
    }

    /// Writes a whole ascending list, in which numbers may repeat, and gives its reference.
    mutating func append(_ numbers: Span<UInt32>) throws(SegmentError) -> UInt32 {
        if numbers.count == 1 { return numbers[0] }
        var shape = PostingsShape()
        for index in numbers.indices { shape.add(numbers[index]) }
        var list = try place(shape)
        if list.table >= 0 {
            var octets = octets.mutableSpan
            for index in numbers.indices { PostingsStorage.add(numbers[index], to: &list, in: &octets) }
            PostingsStorage.finish(&list, in: &octets)
        }
        return list.reference
    }

    @inline(__always)
    private static func store32(_ number: UInt32, at offset: Int, in octets: inout MutableSpan<UInt8>) {
        octets[offset] = UInt8(truncatingIfNeeded: number)
        octets[offset + 1] = UInt8(truncatingIfNeeded: number >> 8)
        octets[offset + 2] = UInt8(truncatingIfNeeded: number >> 16)
        octets[offset + 3] = UInt8(truncatingIfNeeded: number >> 24)
    }
}

/// Where a list is being written.
struct PostingsListWriter {
    let reference: UInt32
    let kind: PostingsFormat.Kind
    /// Where the list's own octets begin, after its header; -1 where the reference says everything.
    let table: Int
    /// Where the blocks begin.
    let data: Int
    /// Where the next block goes, and its row.
    var position: Int
    var row: Int
    /// Numbers of the block that is not written yet.
    var pending = PostingBatch()
    var last: UInt32 = 0
    var written: UInt32 = 0

    init(reference: UInt32, kind: PostingsFormat.Kind, table: Int, data: Int) {
        self.reference = reference
        self.kind = kind
        self.table = table
        self.data = data
        position = data
        row = table
    }
}

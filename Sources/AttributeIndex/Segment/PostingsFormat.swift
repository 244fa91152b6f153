/// How a list of ascending numbers (entries that have a value; values that hold a trigram) is kept.
///
/// A **reference** is 32 bits. With the top bit clear it is the list's one number itself. With it set the rest times four is
/// the place of the list in the attribute's postings:
///
///     count UInt32, kind UInt32, then
///     range   first UInt32                            first, first + 1, … first + count - 1
///     bitmap  a bit for each number below the universe, in 64-bit words, lowest bit first
///     blocks  for every 128 numbers: the first of them UInt32, where its octets begin UInt32 (from the end of this table);
///             then for each number but a block's first: the difference to the one before it, less one, as a varint
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
}

/// The shape of a list before it is written: counted number by number, so that its place and kind are known first.
struct PostingsShape {
    private(set) var count: UInt32 = 0
    private(set) var first: UInt32 = 0
    private(set) var last: UInt32 = 0
    private(set) var deltaOctets: UInt32 = 0

    /// Counts one more number, which must be above those before it; the same again is not counted.
    @inline(__always)
    mutating func add(_ number: UInt32) {
        if count == 0 {
            first = number
        } else {
            guard number > last else { return }
            if count % UInt32(PostingsFormat.blockSize) != 0 {
                deltaOctets += UInt32(truncatingIfNeeded: Varint.length(UInt64(number &- last &- 1)))
            }
        }
        last = number
        count += 1
    }

    /// The kind that takes least, and the octets it takes after the header; nil where the list needs no place of its own.
    func layout(universe: Int) -> (kind: PostingsFormat.Kind, size: Int)? {
        guard count > 1 else { return nil }
        if last - first == count - 1 { return (.range, 4) }
        let blocks = 8 * PostingsFormat.blockCount(Int(count)) + Int(deltaOctets)
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
            if list.written % UInt32(PostingsFormat.blockSize) == 0 {
                let row = list.table + 8 * (Int(list.written) / PostingsFormat.blockSize)
                store32(number, at: row, in: &octets)
                store32(UInt32(truncatingIfNeeded: list.position - list.data), at: row + 4, in: &octets)
            } else {
                Varint.store(UInt64(number &- list.last &- 1), in: &octets, at: &list.position)
            }
        }
        list.last = number
        list.written += 1
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
    /// Where the deltas begin.
    let data: Int
    /// Where the next delta goes.
    var position: Int
    var last: UInt32 = 0
    var written: UInt32 = 0

    init(reference: UInt32, kind: PostingsFormat.Kind, table: Int, data: Int) {
        self.reference = reference
        self.kind = kind
        self.table = table
        self.data = data
        position = data
    }
}

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

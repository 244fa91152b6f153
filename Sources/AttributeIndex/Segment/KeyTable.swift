/// Keys behind one another, numbered from 0: an interner's, once it is sealed, or those of several. Some may be equal.
struct KeyTable: Sendable, KeySource {
    private(set) var octets: [UInt8] = []
    /// Where each key begins in `octets`, and the end of the last.
    private(set) var starts: [UInt32] = [0]
    /// How often each key occurs.
    private(set) var occurrences: [UInt32] = []
    /// The hash of each key.
    private(set) var hashes: [UInt32] = []

    /// No keys.
    init() {}

    init(octets: [UInt8], starts: [UInt32], occurrences: [UInt32], hashes: [UInt32]) {
        self.octets = octets
        self.starts = starts
        self.occurrences = occurrences
        self.hashes = hashes
    }

    var count: Int { occurrences.count }

    @inline(__always) @_lifetime(borrow self)
    func key(_ number: Int) -> Span<UInt8> {
        octets.span.extracting(Int(starts[number])..<Int(starts[number + 1]))
    }

    /// Whether two numbers are of one key.
    func isSame(_ left: Int, _ right: Int) -> Bool {
        hashes[left] == hashes[right] && key(left).equals(key(right))
    }

    func length(of number: Int) -> Int { Int(starts[number + 1]) - Int(starts[number]) }

    func prefix(of number: Int, at offset: Int) -> UInt64 { key(number).bigEndianPrefix(at: offset) }

    /// Adds another table's keys; their numbers begin where these ended.
    mutating func append(_ other: KeyTable) throws(SegmentError) {
        let base = octets.count
        guard base + other.octets.count < Int(UInt32.max), count + other.count < PostingsFormat.universeLimit - 2 else {
            throw SegmentError(.tooLarge, "The distinct values of one attribute take more than 4 GiB")
        }
        octets.append(contentsOf: other.octets)
        starts.reserveCapacity(starts.count + other.count)
        for start in other.starts.dropFirst() { starts.append(UInt32(truncatingIfNeeded: base + Int(start))) }
        occurrences.append(contentsOf: other.occurrences)
        hashes.append(contentsOf: other.hashes)
    }
}

/// A column's keys in order.
struct SortedKeys: Sendable {
    let table: KeyTable
    /// A number of each distinct key, in the order of the keys.
    let order: [UInt32]
    /// The rank of each number's key.
    let ranks: [UInt32]
    /// How often each distinct key occurs, by rank.
    let occurrences: [UInt32]

    /// Sorts what parts of a build have gathered; what several have becomes one key.
    init(_ parts: [KeyInterner]) throws(SegmentError) {
        var table = parts.first?.sealed() ?? KeyTable()
        for part in parts.dropFirst() { try table.append(part.sealed()) }
        let sorted = KeyOrder.sorted(table)
        var ranks = [UInt32](repeating: 0, count: sorted.count)
        var order: [UInt32] = []
        var occurrences: [UInt32] = []
        order.reserveCapacity(sorted.count)
        occurrences.reserveCapacity(sorted.count)
        let mayRepeat = parts.count > 1 || parts.contains(where: \.isLossy)
        for number in sorted {
            let count = table.occurrences[Int(number)]
            if mayRepeat, let last = order.last, table.isSame(Int(last), Int(number)) {
                occurrences[order.count - 1] += count
            } else {
                order.append(number)
                occurrences.append(count)
            }
            ranks[Int(number)] = UInt32(truncatingIfNeeded: order.count - 1)
        }
        self.table = table
        self.order = order
        self.ranks = ranks
        self.occurrences = occurrences
    }
}

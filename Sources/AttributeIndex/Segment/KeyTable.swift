/// Keys behind one another, numbered from 0: an interner's, once it is sealed, or those of several, of which some may be
/// equal; or those, sorted.
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

    /// No keys, and room for some of so many octets.
    init(count: Int, size: Int) {
        octets.reserveCapacity(size)
        starts.reserveCapacity(count + 1)
        occurrences.reserveCapacity(count)
        hashes.reserveCapacity(count)
    }

    /// No keys, and room for another table's.
    init(reserving other: KeyTable) {
        octets.reserveCapacity(other.octets.count)
        starts.reserveCapacity(other.count + 1)
        occurrences.reserveCapacity(other.count)
        hashes.reserveCapacity(other.count)
    }

    var count: Int { occurrences.count }

    /// Adds a key.
    @inline(__always)
    mutating func append(_ key: Span<UInt8>, hash: UInt32, occurrences count: UInt32) {
        octets.append(copying: key)
        starts.append(UInt32(truncatingIfNeeded: octets.count))
        occurrences.append(count)
        hashes.append(hash)
    }

    /// Adds one key of another table.
    mutating func append(_ other: KeyTable, _ number: Int) {
        octets.append(copying: other.key(number))
        starts.append(UInt32(truncatingIfNeeded: octets.count))
        occurrences.append(other.occurrences[number])
        hashes.append(other.hashes[number])
    }

    /// Counts more occurrences of the last key.
    mutating func countAgain(_ count: UInt32) { occurrences[occurrences.count - 1] += count }

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

/// A column's distinct keys in order, as they will stand in the file.
struct SortedKeys: Sendable {
    /// The keys behind one another; a key's number is its rank.
    let table: KeyTable
    /// The rank of each number that the parts of the build gave; gone once records need it no more.
    private(set) var ranks: [UInt32]

    /// Sorts what parts of a build have gathered; what several have becomes one key.
    init(_ parts: consuming [KeyInterner]) throws(SegmentError) {
        var given = parts.first?.sealed() ?? KeyTable()
        for part in parts.dropFirst() { try given.append(part.sealed()) }
        parts = []
        let sorted = KeyOrder.sorted(given)
        var ranks = [UInt32](repeating: 0, count: sorted.count)
        var table = KeyTable(reserving: given)
        var last = -1
        for number in sorted {
            let number = Int(number)
            if last >= 0, given.isSame(last, number) {
                table.countAgain(given.occurrences[number])
            } else {
                table.append(given, number)
                last = number
            }
            ranks[number] = UInt32(truncatingIfNeeded: table.count - 1)
        }
        self.table = table
        self.ranks = ranks
    }

    /// Hands the ranks over.
    mutating func takeRanks() -> [UInt32] {
        defer { ranks = [] }
        return ranks
    }
}

/// Builds the trigram part of one attribute's dictionary: for each trigram, the ascending list of the values that hold it.
///
/// The values of each trigram are counted, and then put where the counts give them a place: a counting sort, whose trigrams
/// are told apart through a table over the octets that the keys really have, which are few: 40 to 100 where keys are names or
/// addresses. A trigram that is twice in a key has the key twice; writing the list leaves the second out.
struct TrigramBuilder {
    /// What goes into the segment: slots of trigram plus one and reference, and the lists.
    struct Result: Sendable {
        var slots: [UInt32]
        var postings: [UInt8]
        var slotCount: Int { slots.count / 2 }
    }

    /// The octets that keys have, numbered in their order.
    private var octetOf: [UInt8] = []
    private var classOf = [UInt32](repeating: 0, count: 256)
    /// The trigrams that keys have, as numbers of three classes, in the order in which they first come.
    private var codes: [Int] = []

    /// The trigrams of sorted keys.
    static func build(_ keys: KeyTable) throws(SegmentError) -> Result {
        var builder = TrigramBuilder(keys.octets)
        var ends = builder.count(keys)
        let values = builder.place(keys, &ends)
        return try builder.result(values, ends, universe: keys.count)
    }

    private init(_ octets: [UInt8]) {
        var seen = [Bool](repeating: false, count: 256)
        for octet in octets { seen[Int(octet)] = true }
        for octet in 0..<256 where seen[octet] {
            classOf[octet] = UInt32(truncatingIfNeeded: octetOf.count)
            octetOf.append(UInt8(truncatingIfNeeded: octet))
        }
    }

    /// For each three classes, where the values of their trigram begin when all stand behind one another.
    private mutating func count(_ keys: KeyTable) -> [UInt32] {
        let (classes, classOf) = (octetOf.count, classOf)
        var counts = [UInt32](repeating: 0, count: classes * classes * classes)
        var slots = counts.mutableSpan
        for rank in 0..<keys.count {
            var trigrams = TrigramCodes(keys.key(rank), classOf.span, classes)
            while let code = trigrams.next() {
                if slots[code] == 0 { codes.append(code) }
                slots[code] &+= 1
            }
        }
        var start: UInt32 = 0
        for code in codes {
            let count = slots[code]
            slots[code] = start
            start += count
        }
        return counts
    }

    /// Puts each value in its place with each of its trigrams; `starts` become ends.
    private func place(_ keys: KeyTable, _ starts: inout [UInt32]) -> [UInt32] {
        let classes = octetOf.count
        var total = 0
        for rank in 0..<keys.count { total += max(0, keys.length(of: rank) - Trigram.size + 1) }
        var values = [UInt32](repeating: 0, count: total)
        var places = values.mutableSpan
        var slots = starts.mutableSpan
        for rank in 0..<keys.count {
            var trigrams = TrigramCodes(keys.key(rank), classOf.span, classes)
            while let code = trigrams.next() {
                let place = slots[code]
                slots[code] = place &+ 1
                places[Int(place)] = UInt32(truncatingIfNeeded: rank)
            }
        }
        return values
    }

    /// Encodes the lists and makes the hash table from trigram to list.
    private func result(_ values: [UInt32], _ ends: [UInt32], universe: Int) throws(SegmentError) -> Result {
        var storage = PostingsStorage(universe: universe)
        var lists: [(trigram: UInt32, reference: UInt32)] = []
        var start = 0
        lists.reserveCapacity(codes.count)
        for code in codes {
            let end = Int(ends[code])
            lists.append((trigram(code), try storage.append(values.span.extracting(start..<end))))
            start = end
        }
        guard !lists.isEmpty else { return Result(slots: [], postings: storage.octets) }
        let count = lists.count + lists.count / 2 + 1
        var slots = [UInt32](repeating: 0, count: 2 * count)
        for list in lists {
            var slot = homeSlot(of: Trigram.hash(list.trigram), slots: count)
            while slots[2 * slot] != 0 { slot = slot + 1 == count ? 0 : slot + 1 }
            slots[2 * slot] = list.trigram + 1
            slots[2 * slot + 1] = list.reference
        }
        return Result(slots: slots, postings: storage.octets)
    }

    private func trigram(_ code: Int) -> UInt32 {
        let classes = octetOf.count
        let (first, rest) = code.quotientAndRemainder(dividingBy: classes * classes)
        return UInt32(octetOf[first]) << 16 | UInt32(octetOf[rest / classes]) << 8 | UInt32(octetOf[rest % classes])
    }
}

/// The trigrams of one key, as numbers of three classes.
private struct TrigramCodes: ~Escapable {
    private let key: Span<UInt8>
    private let classOf: Span<UInt32>
    private let classes: Int
    /// The class of the octet before `offset`, and that octet's and the one's before it together.
    private var second = 0
    private var pair = 0
    private var offset = 2

    @inline(__always) @_lifetime(copy key, copy classOf)
    init(_ key: Span<UInt8>, _ classOf: Span<UInt32>, _ classes: Int) {
        self.key = key
        self.classOf = classOf
        self.classes = classes
        guard key.count >= Trigram.size else { return }
        second = Int(classOf[Int(key[1])])
        pair = Int(classOf[Int(key[0])]) &* classes &+ second
    }

    @inline(__always) @_lifetime(self: copy self)
    mutating func next() -> Int? {
        guard offset < key.count else { return nil }
        let last = Int(classOf[Int(key[offset])])
        let code = pair &* classes &+ last
        pair = second &* classes &+ last
        second = last
        offset &+= 1
        return code
    }
}

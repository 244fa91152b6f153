/// Builds the trigram part of one attribute's dictionary: for each trigram, the ascending list of the values that hold it.
///
/// Two passes over the sorted keys, the first to learn the shape of each list, the second to write it in place: nothing is
/// kept for a posting but its own octet or two. Trigrams are found through a table over the octets that the keys really have,
/// which are few: 40 to 100 where keys are names or addresses.
struct TrigramBuilder {
    private var classOf = [Int32](repeating: -1, count: 256)
    private var classes = 0
    /// For each three classes, the number of their trigram plus one; zero before it is seen.
    private var numberOf: [UInt32] = []
    private var trigrams: [UInt32] = []
    private var shapes: [PostingsShape] = []

    /// What goes into the segment: slots of trigram plus one and reference, and the lists.
    struct Result: Sendable {
        var slots: [UInt32]
        var postings: [UInt8]
        var slotCount: Int { slots.count / 2 }
    }

    /// The trigrams of `keys`, numbered by their place in `order`.
    static func build(_ keys: KeyInterner, order: [UInt32]) throws(SegmentError) -> Result {
        var builder = TrigramBuilder()
        builder.learnAlphabet(keys.octets)
        return try builder.build(keys, order)
    }

    private mutating func learnAlphabet(_ octets: [UInt8]) {
        var seen = [Bool](repeating: false, count: 256)
        for octet in octets { seen[Int(octet)] = true }
        for octet in 0..<256 where seen[octet] {
            classOf[octet] = Int32(classes)
            classes += 1
        }
        numberOf = [UInt32](repeating: 0, count: classes * classes * classes)
    }

    private mutating func build(_ keys: KeyInterner, _ order: [UInt32]) throws(SegmentError) -> Result {
        for (rank, number) in order.enumerated() {
            let key = keys.key(Int(number))
            count(key, UInt32(truncatingIfNeeded: rank))
        }
        var storage = PostingsStorage(universe: order.count)
        var lists: [PostingsListWriter] = []
        lists.reserveCapacity(shapes.count)
        for shape in shapes { lists.append(try storage.place(shape)) }
        for (rank, number) in order.enumerated() {
            write(keys.key(Int(number)), UInt32(truncatingIfNeeded: rank), &lists, &storage)
        }
        return Result(slots: slots(lists), postings: storage.octets)
    }

    private mutating func count(_ key: Span<UInt8>, _ rank: UInt32) {
        guard key.count >= Trigram.size else { return }
        var code = Int(classOf[Int(key[0])]) * classes + Int(classOf[Int(key[1])])
        for offset in 0...key.count - Trigram.size {
            code = code % (classes * classes) * classes + Int(classOf[Int(key[offset + 2])])
            if numberOf[code] == 0 {
                trigrams.append(Trigram.at(offset, in: key))
                shapes.append(PostingsShape())
                numberOf[code] = UInt32(truncatingIfNeeded: shapes.count)
            }
            shapes[Int(numberOf[code]) - 1].add(rank)
        }
    }

    private func write(
        _ key: Span<UInt8>, _ rank: UInt32, _ lists: inout [PostingsListWriter], _ storage: inout PostingsStorage
    ) {
        guard key.count >= Trigram.size else { return }
        var code = Int(classOf[Int(key[0])]) * classes + Int(classOf[Int(key[1])])
        for offset in 0...key.count - Trigram.size {
            code = code % (classes * classes) * classes + Int(classOf[Int(key[offset + 2])])
            storage.add(rank, to: &lists[Int(numberOf[code]) - 1])
        }
    }

    /// The hash table from trigram to list.
    private func slots(_ lists: [PostingsListWriter]) -> [UInt32] {
        guard !lists.isEmpty else { return [] }
        let count = lists.count + lists.count / 2 + 1
        var slots = [UInt32](repeating: 0, count: 2 * count)
        for (number, list) in lists.enumerated() {
            var slot = homeSlot(of: Trigram.hash(trigrams[number]), slots: count)
            while slots[2 * slot] != 0 { slot = slot + 1 == count ? 0 : slot + 1 }
            slots[2 * slot] = trigrams[number] + 1
            slots[2 * slot + 1] = list.reference
        }
        return slots
    }
}

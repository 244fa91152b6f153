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
        var numbers: [UInt32] = []
        for (rank, number) in order.enumerated() {
            count(keys.key(Int(number)), UInt32(truncatingIfNeeded: rank), &numbers)
        }
        var storage = PostingsStorage(universe: order.count)
        var lists: [PostingsListWriter] = []
        lists.reserveCapacity(shapes.count)
        for shape in shapes { lists.append(try storage.place(shape)) }
        write(keys, order, &lists, &storage.octets)
        return Result(slots: slots(lists), postings: storage.octets)
    }

    /// Counts a key's trigrams; `numbers` is scratch, so that the shapes are taken hold of once a key.
    private mutating func count(_ key: Span<UInt8>, _ rank: UInt32, _ numbers: inout [UInt32]) {
        guard key.count >= Trigram.size else { return }
        numbers.removeAll(keepingCapacity: true)
        var first = Int(classOf[Int(key[0])])
        var second = Int(classOf[Int(key[1])])
        for offset in 2..<key.count {
            let third = Int(classOf[Int(key[offset])])
            let code = (first * classes + second) * classes + third
            if numberOf[code] == 0 {
                trigrams.append(Trigram.at(offset - 2, in: key))
                shapes.append(PostingsShape())
                numberOf[code] = UInt32(truncatingIfNeeded: shapes.count)
            }
            numbers.append(numberOf[code] - 1)
            first = second
            second = third
        }
        var shapes = shapes.mutableSpan
        for number in numbers { shapes[Int(number)].add(rank) }
    }

    private func write(
        _ keys: KeyInterner, _ order: [UInt32], _ lists: inout [PostingsListWriter], _ octets: inout [UInt8]
    ) {
        var lists = lists.mutableSpan
        var octets = octets.mutableSpan
        for (rank, number) in order.enumerated() {
            let key = keys.key(Int(number))
            guard key.count >= Trigram.size else { continue }
            var first = Int(classOf[Int(key[0])])
            var second = Int(classOf[Int(key[1])])
            for offset in 2..<key.count {
                let third = Int(classOf[Int(key[offset])])
                let list = Int(numberOf[(first * classes + second) * classes + third]) - 1
                if lists[list].table >= 0 {
                    PostingsStorage.add(UInt32(truncatingIfNeeded: rank), to: &lists[list], in: &octets)
                }
                first = second
                second = third
            }
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

/// Builds the trigram part of one attribute's dictionary: for each trigram, the ascending list of the values that hold it.
///
/// The values of each trigram are counted, and then put where the counts give them a place: a counting sort. A trigram that is
/// twice in a key has the key twice; writing the list leaves the second out.
struct TrigramBuilder {
    /// What goes into the segment: slots of trigram plus one and reference, and the lists.
    struct Result: Sendable {
        var slots: [UInt32] = []
        var postings: [UInt32] = []
        var slotCount: Int { slots.count / 2 }
    }

    /// Keys of so many octets are few: for more of them a table over the octets costs less.
    static let fewOctets = 1 << 15

    /// The trigrams that keys have, numbered in the order in which they first come.
    private var trigrams: [UInt32] = []
    /// For each trigram how often it comes; then where its values begin, and in the end where they end.
    private var places: [UInt32] = []
    /// The values of each trigram, all behind one another.
    private var values: [UInt32] = []

    /// The trigrams of sorted keys.
    static func build(_ keys: KeyTable) throws(SegmentError) -> Result {
        var total = 0
        for rank in 0..<keys.count { total += max(0, keys.length(of: rank) - Trigram.size + 1) }
        guard total > 0 else { return Result() }
        var builder = TrigramBuilder()
        if total <= TrigramBuilder.fewOctets {
            builder.sortFew(keys, total)
        } else {
            builder.sortMany(keys, total)
        }
        return try builder.result(universe: keys.count)
    }

    /// Numbers the trigrams through a hash table, and keeps the number of each: little memory is touched, where the keys are few.
    private mutating func sortFew(_ keys: KeyTable, _ total: Int) {
        var table = TrigramNumbers(count: total)
        var slots = table.slots.mutableSpan
        var numbers = [UInt32](repeating: 0, count: total)
        var given = numbers.mutableSpan
        var counts = [UInt32](repeating: 0, count: total)
        var occurring = counts.mutableSpan
        var trigrams: [UInt32] = []
        trigrams.reserveCapacity(min(total, 2048))
        var next = 0
        for rank in 0..<keys.count {
            let key = keys.key(rank)
            guard key.count >= Trigram.size else { continue }
            for offset in 0...key.count - Trigram.size {
                let trigram = Trigram.at(offset, in: key)
                let number = TrigramNumbers.number(of: trigram, new: trigrams.count, in: &slots)
                if number == trigrams.count { trigrams.append(trigram) }
                occurring[number] &+= 1
                given[next] = UInt32(truncatingIfNeeded: number)
                next += 1
            }
        }
        self.trigrams = trigrams
        places = Array(counts[..<trigrams.count])
        begin()
        var sorted = [UInt32](repeating: 0, count: total)
        var target = sorted.mutableSpan
        var places = places.mutableSpan
        next = 0
        for rank in 0..<keys.count {
            for _ in 0..<max(0, keys.length(of: rank) - Trigram.size + 1) {
                let number = Int(numbers[next])
                next += 1
                target[Int(places[number])] = UInt32(truncatingIfNeeded: rank)
                places[number] &+= 1
            }
        }
        values = sorted
    }

    /// Turns counts into where each trigram's values begin.
    private mutating func begin() {
        var start: UInt32 = 0
        for number in places.indices {
            let count = places[number]
            places[number] = start
            start += count
        }
    }

    /// Tells the trigrams apart through a table over the octets that the keys really have, which are few: 40 to 100 where keys
    /// are names or addresses.
    private mutating func sortMany(_ keys: KeyTable, _ total: Int) {
        let octets = OctetClasses(keys.octets)
        let classes = octets.count
        let classOf = octets.classOf
        var codes: [Int] = []
        var counts = [UInt32](repeating: 0, count: classes * classes * classes)
        var slots = counts.mutableSpan
        for rank in 0..<keys.count {
            var found = TrigramCodes(keys.key(rank), classOf.span, classes)
            while let code = found.next() {
                if slots[code] == 0 { codes.append(code) }
                slots[code] &+= 1
            }
        }
        places = codes.map { slots[$0] }
        begin()
        for (number, code) in codes.enumerated() { slots[code] = places[number] }
        values = [UInt32](repeating: 0, count: total)
        var target = values.mutableSpan
        for rank in 0..<keys.count {
            var found = TrigramCodes(keys.key(rank), classOf.span, classes)
            while let code = found.next() {
                target[Int(slots[code])] = UInt32(truncatingIfNeeded: rank)
                slots[code] &+= 1
            }
        }
        for (number, code) in codes.enumerated() { places[number] = slots[code] }
        trigrams = codes.map(octets.trigram)
    }

    /// Encodes the lists and makes the hash table from trigram to list.
    private func result(universe: Int) throws(SegmentError) -> Result {
        var storage = PostingsStorage(universe: universe)
        var slots = TrigramSlots(count: trigrams.count)
        var start = 0
        for number in trigrams.indices {
            let end = Int(places[number])
            slots.add(trigrams[number], try storage.append(values.span.extracting(start..<end)))
            start = end
        }
        return Result(slots: slots.slots, postings: storage.words)
    }
}

/// The hash table from trigram to list, two thirds full.
struct TrigramSlots {
    private(set) var slots: [UInt32]

    /// - Parameter count: trigrams that will be added.
    init(count: Int) {
        slots = [UInt32](repeating: 0, count: 2 * (count + count / 2 + 1))
    }

    @inline(__always)
    mutating func add(_ trigram: UInt32, _ reference: UInt32) {
        let count = slots.count / 2
        var slot = homeSlot(of: Trigram.hash(trigram), slots: count)
        while slots[2 * slot] != 0 { slot = slot + 1 == count ? 0 : slot + 1 }
        slots[2 * slot] = trigram + 1
        slots[2 * slot + 1] = reference
    }
}

/// Numbers for few trigrams, in the order in which they first come.
private struct TrigramNumbers {
    /// Trigram plus one in the high half, its number in the low one; 0 is empty.
    var slots: [UInt64]

    /// - Parameter count: at most how many there are.
    init(count: Int) {
        slots = [UInt64](repeating: 0, count: count + count / 2 + 1)
    }

    /// The number of a trigram: `new` where it was not there.
    @inline(__always)
    static func number(of trigram: UInt32, new: Int, in slots: inout MutableSpan<UInt64>) -> Int {
        var slot = homeSlot(of: Trigram.hash(trigram), slots: slots.count)
        while slots[slot] != 0 {
            if slots[slot] >> 32 == UInt64(trigram + 1) { return Int(UInt32(truncatingIfNeeded: slots[slot])) }
            slot = slot + 1 == slots.count ? 0 : slot + 1
        }
        slots[slot] = UInt64(trigram + 1) << 32 | UInt64(new)
        return new
    }
}

/// The octets that keys have, numbered in their order.
private struct OctetClasses {
    private(set) var classOf = [UInt32](repeating: 0, count: 256)
    private var octetOf: [UInt8] = []
    var count: Int { octetOf.count }

    init(_ octets: [UInt8]) {
        var seen = [Bool](repeating: false, count: 256)
        for octet in octets { seen[Int(octet)] = true }
        for octet in 0..<256 where seen[octet] {
            classOf[octet] = UInt32(truncatingIfNeeded: octetOf.count)
            octetOf.append(UInt8(truncatingIfNeeded: octet))
        }
    }

    /// The trigram that three classes stand for.
    func trigram(_ code: Int) -> UInt32 {
        let (first, rest) = code.quotientAndRemainder(dividingBy: count * count)
        return UInt32(octetOf[first]) << 16 | UInt32(octetOf[rest / count]) << 8 | UInt32(octetOf[rest % count])
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

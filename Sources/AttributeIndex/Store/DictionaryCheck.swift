/// Checks one dictionary against itself and against what the records say of it.
struct DictionaryCheck {
    private let segment: Segment
    private let row: AttributeRow
    private let dictionary: KeyDictionary
    private let postings: PostingsReader
    /// The attribute's name; nil for the dictionary of parents.
    private let name: String?
    private(set) var problems = SegmentProblems()

    init(_ segment: Segment, _ row: AttributeRow, name: String?) {
        self.segment = segment
        self.row = row
        self.name = name
        dictionary = KeyDictionary(row: row, bytes: segment.bytes, seed: segment.footer.seed)
        postings = PostingsReader(range: row.postings, universe: segment.entryCount)
    }

    /// `tally` is nil when not all records could be read: then the dictionary is checked by itself.
    mutating func run(_ tally: ValueTally?) {
        part(.keys) { (check) throws(SegmentError) in try check.keys() }
        part(.keyHash) { (check) throws(SegmentError) in try check.slots() }
        part(.postings) { (check) throws(SegmentError) in try check.lists(tally) }
        guard let tally else { return }
        part(.counts) { (check) throws(SegmentError) in try check.counts(tally) }
        guard name != nil else { return }
        part(.presence) { (check) throws(SegmentError) in
            if try NumberDigest(check.postings.cursor(check.row.presence, check.segment.bytes), in: check.segment)
                != tally.presence
            {
                check.note(.presence, "it does not hold the entries that have the attribute")
            }
        }
    }

    private mutating func part(
        _ part: SegmentPart, _ body: (inout DictionaryCheck) throws(SegmentError) -> Void
    ) {
        do throws(SegmentError) { try body(&self) } catch { note(part, error.description) }
    }

    /// What is wrong with the lists of children is called that, whatever part of their dictionary it is.
    private mutating func note(_ part: SegmentPart, _ problem: String) {
        problems.note(name == nil ? .children : part, of: name, problem)
    }

    /// Keys must ascend, and each be found in the hash table with its own postings.
    private mutating func keys() throws(SegmentError) {
        guard row.valueCount > 0 else { return }
        // A local, so that octets borrowed from it do not keep self from changing.
        let segment = segment
        var last = try dictionary.keyRange(0)
        if last.lowerBound != row.keys.lowerBound { note(.keys, "the first key does not begin where the keys do") }
        for valueID in 0..<row.valueCount {
            let range = try dictionary.keyRange(valueID)
            let key = try segment.octets(range)
            if valueID > 0, try segment.octets(last).compare(key) >= 0 {
                note(.keys, "value \(valueID): its key is not above the one before")
            }
            last = range
            let found = try dictionary.find(key)
            guard found?.valueID == valueID, try found?.reference == dictionary.reference(valueID) else {
                note(.keyHash, "value \(valueID): its key does not lead to it")
                continue
            }
        }
        if last.upperBound != row.keys.upperBound { note(.keys, "the last key does not end where the keys do") }
    }

    /// Each key is found, so as many slots as keys means that there are no others.
    private mutating func slots() throws(SegmentError) {
        var used: UInt32 = 0
        for slot in 0..<Int(row.hashSlots) where try segment.bytes.uint32(at: row.hash.lowerBound + 8 * slot) != 0 {
            used += 1
        }
        if used != row.valueCount { note(.keyHash, "\(used) slots are used for \(row.valueCount) keys") }
    }

    /// Each list must ascend and hold the entries that have the value, no other.
    private mutating func lists(_ tally: ValueTally?) throws(SegmentError) {
        for valueID in 0..<row.valueCount {
            let list = try postings.cursor(dictionary.reference(valueID), segment.bytes)
            guard let digest = try NumberDigest(list, in: segment), digest.count > 0 else {
                note(.postings, "value \(valueID): its list does not ascend, or has not as many entries as it says")
                continue
            }
            if let tally, tally.sums[Int(valueID)] != digest.sum {
                note(.postings, "value \(valueID): its list does not hold the entries that have the value")
            }
        }
    }

    private mutating func counts(_ tally: ValueTally) throws(SegmentError) {
        if tally.occurrences != row.occurrences {
            note(.counts, "the records have \(tally.occurrences) values, not \(row.occurrences)")
        }
        guard !row.cumulative.isEmpty else {
            if row.occurrences != UInt64(row.valueCount) { note(.counts, "they are missing") }
            return
        }
        var expected: UInt32 = 0
        for valueID in 0...Int(row.valueCount) {
            if try segment.bytes.uint32(at: row.cumulative.lowerBound + 4 * valueID) != expected {
                // From there on all would differ.
                return note(.counts, "value \(valueID): the values below it do not occur as often as it says")
            }
            if valueID < tally.counts.count { expected &+= tally.counts[valueID] }
        }
    }
}

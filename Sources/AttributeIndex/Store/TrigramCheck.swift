/// Checks the trigram lists of one dictionary against its keys.
struct TrigramCheck {
    private let segment: Segment
    private let row: AttributeRow
    private let dictionary: KeyDictionary
    private let index: TrigramIndex
    private let name: String
    private(set) var problems = SegmentProblems()
    /// What the keys say of the list in each slot, and the last key that was added to it, plus one.
    private var digests: [NumberDigest]
    private var lastValues: [UInt32]

    init(_ segment: Segment, _ row: AttributeRow, name: String) {
        self.segment = segment
        self.row = row
        self.name = name
        dictionary = KeyDictionary(row: row, bytes: segment.bytes, seed: segment.footer.seed)
        index = TrigramIndex(row: row, bytes: segment.bytes)
        digests = [NumberDigest](repeating: NumberDigest(), count: Int(row.trigramSlots))
        lastValues = [UInt32](repeating: 0, count: Int(row.trigramSlots))
    }

    mutating func run() {
        guard row.trigramSlots > 0 else { return }
        do throws(SegmentError) {
            for valueID in 0..<row.valueCount { try add(valueID) }
            for slot in 0..<Int(row.trigramSlots) { try compare(slot) }
        } catch {
            problems.note(.trigrams, of: name, error)
        }
    }

    private mutating func add(_ valueID: UInt32) throws(SegmentError) {
        // A local, so that octets borrowed from it do not keep self from changing.
        let segment = segment
        let key = try segment.octets(dictionary.keyRange(valueID))
        guard key.count >= Trigram.size else { return }
        for offset in 0...key.count - Trigram.size {
            guard let slot = try index.slot(of: Trigram.at(offset, in: key)) else {
                problems.note(.trigrams, of: name, "value \(valueID): a trigram of its key has no list")
                continue
            }
            guard lastValues[slot] != valueID + 1 else { continue }
            lastValues[slot] = valueID + 1
            digests[slot].add(valueID)
        }
    }

    /// The list in a slot must hold the values whose keys have the trigram, no other.
    private mutating func compare(_ slot: Int) throws(SegmentError) {
        guard let list = try index.list(inSlot: slot) else { return }
        guard let digest = try NumberDigest(list, in: segment), digest == digests[slot], digest.count > 0 else {
            return problems.note(
                .trigrams, of: name, "slot \(slot): its list does not hold the values with its trigram")
        }
    }
}

/// One attribute of a segment as the attribute table has it: its name, and where the parts of its dictionary are.
///
/// The dictionary of an attribute is a sorted list of its distinct keys. A key's rank is its **value ID**. The parts:
///
///     keys        the keys' octets one after the other
///     rows        for each value ID: where its key begins UInt32, its postings' reference UInt32; and one row more, with the
///                 end of the last key
///     cumulative  for each value ID and one more: how often all lower ones occur, UInt32; absent where each occurs once
///     hash        slots: UInt32 with the value ID plus one in the low bits and above it the low bits of the hash as a tag, 0 if
///                 the slot is empty; and the value's postings reference UInt32, so that the slot leads to the entry at once
///     postings    entries that have the value (see `PostingsFormat`); and the entries that have the attribute
///     trigrams    slots of trigram UInt32 (plus one; 0 is empty) and reference UInt32; their postings are value IDs
struct AttributeRow: Sendable {
    static let size = 160

    struct Flags: OptionSet, Sendable {
        let rawValue: UInt32
        static let operational = Flags(rawValue: 1)
        /// Stored, and never indexed or shown: passwords.
        static let hidden = Flags(rawValue: 2)
        static let dictionary = Flags(rawValue: 4)
        /// Values are not text: what a schema that does not know the attribute must be told.
        static let binary = Flags(rawValue: 8)
        /// No entry has several values, so that none comes twice where the entries of several values are gone through.
        static let singleValued = Flags(rawValue: 16)
    }

    var flags: Flags = []
    /// The attribute description: within the names section, then absolute once read.
    var name: Range<Int> = 0..<0
    /// The name of the rule that made the keys; empty without a dictionary.
    var rule: Range<Int> = 0..<0
    var valueCount: UInt32 = 0
    var hashSlots: UInt32 = 0
    var trigramSlots: UInt32 = 0
    /// The entries that have the attribute.
    var presence: UInt32 = PostingsFormat.emptyReference
    /// Values in all entries together.
    var occurrences: UInt64 = 0
    var keys: Range<Int> = 0..<0
    var rows: Range<Int> = 0..<0
    var cumulative: Range<Int> = 0..<0
    var hash: Range<Int> = 0..<0
    var postings: Range<Int> = 0..<0
    var trigrams: Range<Int> = 0..<0
    var trigramPostings: Range<Int> = 0..<0

    /// Octets of one value ID in an entry's record: enough for every value ID plus one.
    var idWidth: Int { AttributeRow.idWidth(valueCount: valueCount) }

    static func idWidth(valueCount: UInt32) -> Int {
        max(1, (32 - valueCount.leadingZeroBitCount + 7) / 8)
    }

    /// Low bits of a hash slot that hold the value ID plus one: at most 31.
    var idBits: UInt32 { UInt32(truncatingIfNeeded: 32 &- valueCount.leadingZeroBitCount) }

    /// Those bits, set.
    var idMask: UInt32 { (1 &<< idBits) &- 1 }

    init() {}

    func encode(to octets: inout [UInt8]) {
        for number in [
            flags.rawValue, UInt32(truncatingIfNeeded: name.lowerBound), UInt32(truncatingIfNeeded: name.count),
            UInt32(truncatingIfNeeded: rule.lowerBound), UInt32(truncatingIfNeeded: rule.count), valueCount, hashSlots,
            trigramSlots, presence, 0,
        ] {
            octets.append(littleEndian: number)
        }
        octets.append(littleEndian: occurrences)
        for part in [keys, rows, cumulative, hash, postings, trigrams, trigramPostings] {
            octets.append(littleEndian: UInt64(truncatingIfNeeded: part.lowerBound))
            octets.append(littleEndian: UInt64(truncatingIfNeeded: part.count))
        }
    }

    /// Reads the row at `offset` and checks that its parts lie in their sections and have the sizes their counts give.
    init(at offset: Int, in bytes: SegmentBytes, _ footer: SegmentFooter) throws(SegmentError) {
        func number(_ index: Int) throws(SegmentError) -> UInt32 { try bytes.uint32(at: offset + 4 * index) }
        func part(_ index: Int) throws(SegmentError) -> Range<Int> {
            let place = offset + 48 + 16 * index
            return try SegmentFooter.range(
                bytes.uint64(at: place), bytes.uint64(at: place + 8), within: footer[.dictionaries])
        }
        func text(_ index: Int) throws(SegmentError) -> Range<Int> {
            let names = footer[.names]
            let start = UInt64(names.lowerBound) + UInt64(try number(index))
            return try SegmentFooter.range(start, UInt64(try number(index + 1)), within: names)
        }
        flags = Flags(rawValue: try number(0))
        name = try text(1)
        rule = try text(3)
        valueCount = try number(5)
        hashSlots = try number(6)
        trigramSlots = try number(7)
        presence = try number(8)
        occurrences = try bytes.uint64(at: offset + 40)
        keys = try part(0)
        rows = try part(1)
        cumulative = try part(2)
        hash = try part(3)
        postings = try part(4)
        trigrams = try part(5)
        trigramPostings = try part(6)
        let count = Int(valueCount)
        guard count < PostingsFormat.universeLimit, rows.count == (flags.contains(.dictionary) ? 8 * (count + 1) : 0),
            flags.contains(.dictionary) || count == 0,
            cumulative.isEmpty || cumulative.count == 4 * (count + 1), hash.count == 8 * Int(hashSlots),
            count == 0 || hashSlots > valueCount, trigrams.count == 8 * Int(trigramSlots)
        else { throw .damaged("a dictionary's part has another size than its count says") }
    }
}

import Schema

/// Checks one attribute of one entry after another: that its slice is the PartialAttribute it should be, and that each value's
/// key is the one its value ID stands for.
struct AttributeCheck {
    let name: String
    /// What the object classes of the last entry say of it; empty for all attributes but objectClass.
    private(set) var flags: EntryFlags = []

    private let segment: Segment
    private let attribute: SegmentAttribute
    private let rule: MatchingRule?
    private let isObjectClass: Bool
    private let dictionary: KeyDictionary
    private let nameElement: [UInt8]
    /// The last entry that had it, plus one.
    private var lastEntry: UInt32 = 0
    private var key: [UInt8] = []

    init(_ segment: Segment, _ index: Int) {
        self.segment = segment
        attribute = segment.attributes[index]
        name = attribute.name
        let type = segment.schema.attributeType(attribute.description.type)
        rule = attribute.isHidden ? nil : type.equality ?? type.ordering
        isObjectClass = type.oid == "2.5.4.0"
        dictionary = KeyDictionary(row: segment.rows[index], bytes: segment.bytes, seed: segment.footer.seed)
        nameElement = BERLength.element(Array(attribute.name.utf8))
    }

    /// Whether a slice is where its kind may be: hidden ones with the hidden ones above all.
    func mayStand(_ slice: Range<Int>, isOwn: Bool, _ view: EntryView) -> Bool {
        if !isOwn { return attribute.isOperational && !attribute.isHidden }
        let part: Range<Int>
        if attribute.isHidden {
            part = view.hiddenStart..<view.keyStart
        } else if attribute.isOperational {
            part = view.operationalStart..<view.hiddenStart
        } else {
            part = view.userAttributes
        }
        return slice.lowerBound >= part.lowerBound && slice.upperBound <= part.upperBound
    }

    /// Checks an entry's values and adds them to the tally. Throws for a slice that cannot be read.
    mutating func check(
        _ item: EntryItem, of view: EntryView, _ tally: inout ValueTally, _ problems: inout SegmentProblems
    ) throws(SegmentError) {
        flags = []
        if lastEntry == view.id + 1 { problems.note(.records, of: name, "entry \(view.id): it is there twice") }
        lastEntry = view.id + 1
        if attribute.hasDictionary != (rule != nil) {
            return problems.note(.keys, of: name, "only attributes with a matching rule have one")
        }
        tally.add(view.id)
        var values = try values(of: item)
        var index = 0
        while let value = try values.next(tag: 0x04, in: segment) {
            if index < item.valueIDs.count {
                let valueID = try item.valueIDs.valueID(index, in: segment)
                if try stands(valueID, for: value) {
                    if let valueID { tally.add(valueID: valueID) }
                } else {
                    problems.note(.valueIDs, of: name, "entry \(view.id): a value has another value's")
                }
            }
            index += 1
        }
        if index != item.valueCount || index == 0 {
            problems.note(.records, of: name, "entry \(view.id): it has not as many values as it says")
        }
        if attribute.isSingleValued, item.valueCount > 1 {
            problems.note(.records, of: name, "entry \(view.id): it has several values where none should")
        }
        tally.end(view.id)
    }

    /// Reads the slice down to its values (RFC 4511 section 4.1.7).
    private func values(of item: EntryItem) throws(SegmentError) -> BERContents {
        let sequence = try BERContents.of(0x30, item.slice, in: segment)
        let set = sequence.lowerBound + nameElement.count
        guard try segment.octets(sequence).matches(nameElement.span, at: 0) else {
            throw .damaged("the attribute it has as \(name) says it is another")
        }
        return BERContents(rest: try BERContents.of(0x31, set..<sequence.upperBound, in: segment))
    }

    /// Whether a value ID, or that there is none, is what the value's key gives.
    private mutating func stands(_ valueID: UInt32?, for value: Range<Int>) throws(SegmentError) -> Bool {
        guard let rule else { return valueID == nil }
        // A local, here and elsewhere: octets borrowed from it do not keep self from changing.
        let segment = segment
        let octets = try segment.octets(value)
        key.removeAll(keepingCapacity: true)
        let hasKey = (try? rule.appendStoredKey(of: octets, in: segment.schema, to: &key)) != nil
        guard let valueID else { return !hasKey }
        if isObjectClass { flags.formUnion(EntryFlags(objectClass: octets, schema: segment.schema)) }
        guard hasKey, valueID < dictionary.row.valueCount else { return false }
        return try segment.octets(dictionary.keyRange(valueID)).equals(key.span)
    }
}

/// Goes through elements that the builder wrote, exactly as it writes them: the tag, and no more octets of length than needed.
struct BERContents {
    private var rest: Range<Int>

    init(rest: Range<Int>) {
        self.rest = rest
    }

    /// The contents of the next element, nil after the last.
    mutating func next(tag: UInt8, in segment: Segment) throws(SegmentError) -> Range<Int>? {
        guard !rest.isEmpty else { return nil }
        let element = try BERElement(at: rest, segment.bytes)
        let header = element.contents.lowerBound - rest.lowerBound
        guard try segment.bytes.byte(at: rest.lowerBound) == tag, header == BERLength.headerSize(element.contents.count)
        else { throw .damaged("an element's tag or length is not as it was written") }
        rest = element.end..<rest.upperBound
        return element.contents
    }

    /// The contents of the one element that `range` holds.
    static func of(_ tag: UInt8, _ range: Range<Int>, in segment: Segment) throws(SegmentError) -> Range<Int> {
        var elements = BERContents(rest: range)
        guard let contents = try elements.next(tag: tag, in: segment), elements.rest.isEmpty else {
            throw .damaged("an element does not end where it should")
        }
        return contents
    }
}

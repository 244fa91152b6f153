public import Schema

extension Segment {
    /// The attributes that a description stands for (RFC 4512 section 2.5): this one, its subtypes, and those with more
    /// options, as indices into `attributes`. Hidden ones are not among them.
    public func attributes(matching description: AttributeDescription) -> [Int] {
        let candidates = attributes(ofType: description.type)
        return candidates.indices.map { Int(candidates[$0]) }.filter {
            description.options.isEmpty || attributes[$0].description.isSubtype(of: description, in: schema)
        }
    }

    /// The attributes of a type and its subtypes, whatever their options, as indices into `attributes`: no allocation.
    /// Hidden ones are not among them.
    @_lifetime(borrow self)
    public func attributes(ofType type: AttributeTypeID) -> Span<UInt32> {
        let range = byType.range(of: type)
        let list = byType.attributes
        // Safe: the array belongs to self and never changes.
        return unsafe _overrideLifetime(list.span.extracting(range), borrowing: self)
    }

    /// The value ID of exactly this key; nil when no entry has it. One hash probe.
    @inline(__always)
    public func valueID(_ attribute: Int, equalTo key: Span<UInt8>) throws(SegmentError) -> UInt32? {
        try dictionary(attribute).find(key)?.valueID
    }

    /// The value ID of exactly this key and the entries that have it; nil when none has. One hash probe, whose slot leads to
    /// the entries without a look at the dictionary's row.
    @inline(__always)
    public func match(_ attribute: Int, equalTo key: Span<UInt8>) throws(SegmentError) -> ValueMatch? {
        try match(attribute, equalTo: key, hash: octetHash(key, seed: footer.seed))
    }

    @inline(__always)
    func match(_ attribute: Int, equalTo key: Span<UInt8>, hash: UInt32) throws(SegmentError) -> ValueMatch? {
        let dictionary = try dictionary(attribute)
        guard let found = try dictionary.find(key, hash: hash) else { return nil }
        let postings = PostingsReader(range: dictionary.row.postings, universe: entryCount)
        return ValueMatch(valueID: found.valueID, postings: try postings.cursor(found.reference, bytes))
    }

    /// The lowest value ID whose key is not below `key`; the number of values if there is none.
    public func lowerBound(_ attribute: Int, key: Span<UInt8>) throws(SegmentError) -> UInt32 {
        try dictionary(attribute).lowerBound(key)
    }

    /// The value IDs whose keys begin with `prefix`.
    public func prefixRange(_ attribute: Int, prefix: Span<UInt8>) throws(SegmentError) -> Range<UInt32> {
        try dictionary(attribute).prefixRange(prefix)
    }

    /// The first value of a range whose key holds `needle`; nil when none does. To be called for some hundreds of values at a
    /// time, as all of them are gone through.
    public func firstValue(
        _ attribute: Int, in values: Range<UInt32>, holding needle: Span<UInt8>
    ) throws(SegmentError) -> UInt32? {
        try dictionary(attribute).first(in: values, holding: needle)
    }

    /// The key of a value ID.
    @_lifetime(borrow self)
    public func key(_ attribute: Int, _ valueID: UInt32) throws(SegmentError) -> Span<UInt8> {
        try octets(dictionary(attribute).keyRange(valueID))
    }

    /// The entries that have a value.
    public func postings(_ attribute: Int, _ valueID: UInt32) throws(SegmentError) -> PostingCursor {
        let row = try row(attribute)
        let reference = try KeyDictionary(row: row, bytes: bytes, seed: footer.seed).reference(valueID)
        return try PostingsReader(range: row.postings, universe: entryCount).cursor(reference, bytes)
    }

    /// How many entries have a value.
    public func entryCount(_ attribute: Int, _ valueID: UInt32) throws(SegmentError) -> Int {
        let row = try row(attribute)
        let reference = try KeyDictionary(row: row, bytes: bytes, seed: footer.seed).reference(valueID)
        return try PostingsReader(range: row.postings, universe: entryCount).count(reference, bytes)
    }

    /// How often the values of a range occur together: at least as many as entries have one of them. Two loads.
    public func entryCount(_ attribute: Int, values: Range<UInt32>) throws(SegmentError) -> Int {
        try dictionary(attribute).occurrences(values)
    }

    /// The entries that have the attribute.
    public func presence(_ attribute: Int) throws(SegmentError) -> PostingCursor {
        let row = try row(attribute)
        return try PostingsReader(range: row.postings, universe: entryCount).cursor(row.presence, bytes)
    }

    /// What `TrigramCandidates` finds the values from whose keys may hold `needle` (a substring key), to be verified by the
    /// caller on `key`; nil when the needle is shorter than three octets or the attribute has no trigrams, so that the dictionary itself
    /// must be gone through.
    public func trigramLists(_ attribute: Int, needle: Span<UInt8>) throws(SegmentError) -> TrigramLists? {
        guard attribute >= 0, attribute < rows.count else { throw .damaged("there is no such attribute") }
        guard rows[attribute].trigramSlots > 0 else { return nil }
        return try TrigramIndex(row: rows[attribute], bytes: bytes).lists(needle)
    }

    /// Those values themselves.
    public func trigramCandidates(
        _ attribute: Int, needle: Span<UInt8>
    ) throws(SegmentError) -> TrigramCandidates? {
        guard let lists = try trigramLists(attribute, needle: needle) else { return nil }
        return TrigramCandidates(lists)
    }

    @inline(__always)
    func dictionary(_ attribute: Int) throws(SegmentError) -> KeyDictionary {
        guard attribute >= 0, attribute < rows.count else { throw .damaged("there is no such attribute") }
        return KeyDictionary(row: rows[attribute], bytes: bytes, seed: footer.seed)
    }
}

/// A value of a dictionary and the entries that have it.
public struct ValueMatch: Sendable {
    /// The value.
    public let valueID: UInt32
    /// The entries.
    public let postings: PostingCursor
}

/// For each attribute type of the schema, the attributes of a segment that it stands for: itself and its subtypes.
struct AttributesByType: Sendable {
    private var starts: [UInt32] = []
    private(set) var attributes: [UInt32] = []

    init(_ attributes: [SegmentAttribute], _ schema: Schema) {
        var own = [[UInt32]](repeating: [], count: schema.attributeTypes.count)
        for (index, attribute) in attributes.enumerated() where !attribute.isHidden {
            var type: AttributeType? = schema.attributeType(attribute.description.type)
            while let current = type {
                own[current.id.index].append(UInt32(truncatingIfNeeded: index))
                type = current.superior
            }
        }
        for list in own {
            starts.append(UInt32(truncatingIfNeeded: self.attributes.count))
            self.attributes.append(contentsOf: list)
        }
        starts.append(UInt32(truncatingIfNeeded: self.attributes.count))
    }

    func range(of type: AttributeTypeID) -> Range<Int> {
        let index = Int(type.rawValue)
        guard index + 1 < starts.count else { return 0..<0 }
        return Int(starts[index])..<Int(starts[index + 1])
    }
}

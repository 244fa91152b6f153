/// One attribute's dictionary in the result, made from those of the segments; its keys are read again when they are written.
struct MergedDictionary: Sendable {
    private let plan: MergePlan
    private let column: Int
    private let dictionary: PreparedDictionary
    /// The keys, where they are few.
    private let table: KeyTable?

    /// - Parameter column: behind the last the parents'.
    init(_ plan: MergePlan, column: Int) throws(SegmentError) {
        self.plan = plan
        self.column = column
        let keys = plan.keys[column]
        let traits = column < plan.columns.count ? plan.columns[column].traits : nil
        let hasTrigrams = traits?.hasTrigrams ?? false
        let isLarge = keys.size > TrigramBuilder.fewOctets
        let mergesTrigrams = isLarge && hasTrigrams && MergedTrigrams.canMerge(plan, keys)
        var maker = try DictionaryMaker(plan, keys, keepsKeys: !isLarge || hasTrigrams && !mergesTrigrams)
        try maker.addKeys()
        if traits != nil { try maker.addPresence() }
        if mergesTrigrams {
            maker.dictionary.trigrams = try MergedTrigrams.merged(plan, keys)
        } else if hasTrigrams, let table = maker.table {
            maker.dictionary.trigrams = try TrigramBuilder.build(table)
        }
        maker.dictionary.postings = maker.storage.words
        dictionary = maker.dictionary
        table = maker.table
    }

    /// Writes all parts and notes their places in `row`.
    func write(_ row: inout AttributeRow, to writer: inout SegmentWriter) throws(SegmentError) {
        try dictionary.write(&row, to: &writer) { (writer) throws(SegmentError) in
            if let table { return try writer.append(table.octets.span) }
            var walk = KeyWalk(plan, plan.keys[column])
            while !walk.isAtEnd {
                let (owner, isShared) = try walk.owner()
                try writer.append(walk.lists[owner].bytes.span(walk.key(of: owner)))
                walk.advance(owner: owner, isShared: isShared)
            }
        }
    }
}

/// Makes all of a dictionary but its trigrams.
private struct DictionaryMaker {
    private let plan: MergePlan
    private let keys: MergedKeys
    private var gatherer: MergedLists
    var storage: PostingsStorage
    var dictionary: PreparedDictionary
    private(set) var table: KeyTable?

    init(_ plan: MergePlan, _ keys: MergedKeys, keepsKeys: Bool) throws(SegmentError) {
        self.plan = plan
        self.keys = keys
        gatherer = MergedLists(plan)
        storage = PostingsStorage(universe: plan.entryCount)
        dictionary = try PreparedDictionary(count: Int(keys.count), total: keys.total)
        table = keepsKeys ? KeyTable(count: Int(keys.count), size: keys.size) : nil
    }

    /// Adds the keys in their order, each with its list.
    mutating func addKeys() throws(SegmentError) {
        var walk = KeyWalk(plan, keys)
        while !walk.isAtEnd {
            let (owner, isShared) = try walk.owner()
            let list = walk.lists[owner]
            let key = try list.bytes.span(list.key(walk.next[owner]))
            let hash = octetHash(key, seed: plan.seed)
            let occurrences = keys.occurrences.isEmpty ? 1 : keys.occurrences[Int(walk.rank)]
            table?.append(key, hash: hash, occurrences: occurrences)
            let reference: UInt32
            if isShared {
                reference = try gathered(walk)
            } else {
                reference = try renumbered(list, list.reference(walk.next[owner]), keys.sources[owner].segment)
            }
            dictionary.add(size: key.count, hash: hash, occurrences: occurrences, reference)
            walk.advance(owner: owner, isShared: isShared)
        }
    }

    /// The list of a value that only one source has, under the result's numbers.
    @inline(__always)
    private mutating func renumbered(
        _ list: KeyList, _ reference: UInt32, _ segment: Int
    ) throws(SegmentError) -> UInt32 {
        // Most lists are of one entry; should that be gone, what stands for it stands for no entries.
        if reference < list.postings.universe { return gatherer.number(of: reference, segment) }
        gatherer.removeAll()
        try gatherer.add(list.postings.cursor(reference, list.bytes), ofSegment: segment)
        return try storage.append(gatherer.gathered)
    }

    /// The list of a value that several sources have.
    private mutating func gathered(_ walk: KeyWalk) throws(SegmentError) -> UInt32 {
        gatherer.removeAll()
        for source in walk.lists.indices where walk.has(source) {
            let list = walk.lists[source]
            let cursor = try list.postings.cursor(list.reference(walk.next[source]), list.bytes)
            try gatherer.add(cursor, ofSegment: keys.sources[source].segment)
        }
        gatherer.sort()
        return try storage.append(gatherer.gathered)
    }

    /// Adds the list of the entries that have the attribute.
    mutating func addPresence() throws(SegmentError) {
        gatherer.removeAll()
        var whole = 0
        for source in keys.sources {
            let segment = plan.segments[source.segment]
            let list = try segment.presence(source.attribute)
            if list.count == Int(segment.entryCount) { whole += plan.entries.kept[source.segment] }
        }
        // What all entries have need not be gone through.
        guard whole < plan.entryCount else {
            dictionary.presence = try storage.append(0..<UInt32(truncatingIfNeeded: plan.entryCount))
            return
        }
        for source in keys.sources {
            let list = try plan.segments[source.segment].presence(source.attribute)
            try gatherer.add(list, ofSegment: source.segment)
        }
        if keys.sources.count > 1 { gatherer.sort() }
        dictionary.presence = try storage.append(gatherer.gathered)
    }
}

/// Makes one attribute's dictionary in the result from those of the segments.
struct MergedDictionary {
    private let plan: MergePlan
    private let keys: MergedKeys
    private let lists: [KeyList]
    /// The next value of each source that is in the result.
    private var next: [UInt32]
    private var gatherer: MergedLists
    private var storage: PostingsStorage
    private var references: [UInt32] = []
    private var table = KeyTable()

    /// - Parameter column: behind the last the parents'.
    static func prepared(_ plan: MergePlan, column: Int) throws(SegmentError) -> PreparedDictionary {
        var dictionary = try MergedDictionary(plan, plan.keys[column])
        try dictionary.addKeys()
        var presence = PostingsFormat.emptyReference
        var hasTrigrams = false
        if column < plan.columns.count {
            presence = try dictionary.presence()
            hasTrigrams = plan.columns[column].traits.hasTrigrams
        }
        return try PreparedDictionary(
            dictionary.table, references: dictionary.references, presence: presence,
            postings: dictionary.storage.octets, trigrams: hasTrigrams)
    }

    private init(_ plan: MergePlan, _ keys: MergedKeys) throws(SegmentError) {
        self.plan = plan
        self.keys = keys
        var lists: [KeyList] = []
        for source in keys.sources { lists.append(try KeyList(plan.segments[source.segment], source.attribute)) }
        self.lists = lists
        next = [UInt32](repeating: 0, count: lists.count)
        gatherer = MergedLists(plan)
        storage = PostingsStorage(universe: plan.entryCount)
    }

    /// Adds the keys in their order, each with its list.
    private mutating func addKeys() throws(SegmentError) {
        references.reserveCapacity(Int(keys.count))
        table = KeyTable(count: Int(keys.count), size: keys.size)
        for source in lists.indices { skip(source) }
        for rank in 0..<keys.count {
            var isFirst = true
            var isOne = true
            gatherer.removeAll()
            for source in lists.indices where self.rank(next[source], of: source) == rank {
                if isFirst {
                    let key = try lists[source].bytes.span(lists[source].key(next[source]))
                    let occurrences = keys.occurrences.isEmpty ? 1 : keys.occurrences[Int(rank)]
                    table.append(key, hash: octetHash(key, seed: plan.seed), occurrences: occurrences)
                } else {
                    isOne = false
                }
                isFirst = false
                try add(lists[source].reference(next[source]), of: source)
                next[source] += 1
                skip(source)
            }
            guard !isFirst else { throw .damaged("a dictionary's keys do not ascend") }
            if !isOne { gatherer.sort() }
            references.append(try storage.append(gatherer.gathered))
        }
    }

    /// The rank of a value of a source; none behind its last.
    @inline(__always)
    private func rank(_ value: UInt32, of source: Int) -> UInt32 {
        value < lists[source].count ? plan.ranks[keys.starts[source] + Int(value)] : MergedKeys.gone
    }

    /// Passes over values that are not in the result.
    @inline(__always)
    private mutating func skip(_ source: Int) {
        while next[source] < lists[source].count, rank(next[source], of: source) == MergedKeys.gone {
            next[source] += 1
        }
    }

    @inline(__always)
    private mutating func add(_ reference: UInt32, of source: Int) throws(SegmentError) {
        let from = keys.sources[source]
        let segment = plan.segments[from.segment]
        let postings = PostingsReader(range: segment.mergeRow(from.attribute).postings, universe: segment.entryCount)
        try gatherer.add(try postings.cursor(reference, segment.bytes), ofSegment: from.segment)
    }

    /// The list of the entries that have the attribute.
    private mutating func presence() throws(SegmentError) -> UInt32 {
        gatherer.removeAll()
        var whole = 0
        for source in keys.sources {
            let segment = plan.segments[source.segment]
            let list = try segment.presence(source.attribute)
            if list.count == Int(segment.entryCount) { whole += plan.entries.kept[source.segment] }
        }
        // What all entries have need not be gone through.
        if whole == plan.entryCount { return try storage.append(whole: whole) }
        for source in keys.sources {
            let list = try plan.segments[source.segment].presence(source.attribute)
            try gatherer.add(list, ofSegment: source.segment)
        }
        if keys.sources.count > 1 { gatherer.sort() }
        return try storage.append(gatherer.gathered)
    }
}

import AttributeIndex
import Schema
import Synchronization

/// A generation of the index, and what answering from it needs to know of it.
final class ServedGeneration: Sendable {
    let generation: Generation
    let environment: PlanEnvironment
    private let suffixKeys: [[UInt8]]
    /// For each segment, the attributes that name a group's members.
    private let memberAttributes: [[Int]]
    private let grants = Mutex<[AccessGrants.Levels: AccessGrants]>([:])

    private let entrySets = Mutex<[EntrySetKey: EntrySet?]>([:])

    private struct EntrySetKey: Hashable {
        let filter: Int
        let segment: Int
    }

    /// Sets of levels that are kept to be shared: beyond them each requester has its own.
    private static let sharedGrants = 256

    init(_ generation: Generation, _ environment: PlanEnvironment, suffixKeys: [[UInt8]]) {
        self.generation = generation
        self.environment = environment
        self.suffixKeys = suffixKeys
        let members = environment.types.members
        memberAttributes = generation.segments.map { segment in
            members.flatMap { type in
                let found = segment.attributes(ofType: type)
                return found.indices.map { Int(found[$0]) }.filter { segment.attributes[$0].hasDictionary }
            }
        }
    }

    /// The schema that requests and answers are in.
    var schema: Schema { generation.schema }

    var segmentIndices: Range<Int> { generation.segments.indices }

    func segment(_ index: Int) -> Segment { generation.segments[index] }

    /// The attributes of a segment that name a group's members.
    func memberAttributes(_ segment: Int) -> [Int] { memberAttributes[segment] }

    /// The entry with exactly this DIT key.
    func find(_ key: Span<UInt8>) throws(SegmentError) -> EntryPlace? { try generation.find(key) }

    /// How many entries are directly below the entry with this DIT key.
    func childCount(_ key: Span<UInt8>) throws(SegmentError) -> Int { try generation.childCount(key) }

    func isDead(_ segment: Int, _ entry: EntryID) -> Bool { generation.isDead(segment: segment, entry: entry) }

    /// The groups that the entry with this DIT key is a member of, each once.
    func groups(ofEntry key: Span<UInt8>) throws(SegmentError) -> [EntryPlace] {
        var groups: [EntryPlace] = []
        try forEachGroup(ofEntry: key) { (place, _) throws(SegmentError) in
            if !groups.contains(place) { groups.append(place) }
        }
        return groups
    }

    /// Gives each group that the entry with this DIT key is a member of, with the type of the attribute that names it; a group that names it twice comes twice.
    func forEachGroup(
        ofEntry key: Span<UInt8>, _ body: (EntryPlace, AttributeTypeID) throws(SegmentError) -> Void
    ) throws(SegmentError) {
        for index in segmentIndices {
            for attribute in memberAttributes[index] {
                guard let value = try segment(index).valueID(attribute, equalTo: key) else { continue }
                let type = segment(index).attributes[attribute].description.type
                var entries = try segment(index).postings(attribute, value)
                while let entry = try entries.next(in: segment(index)) {
                    if !isDead(index, entry) { try body(EntryPlace(segment: index, entry: entry), type) }
                }
            }
        }
    }

    /// What a requester with these levels may do; the same object for all who have them.
    func grants(_ policy: AccessPolicy, _ levels: AccessGrants.Levels) -> AccessGrants {
        grants.withLock { grants in
            if let known = grants[levels] { return known }
            let made = AccessGrants(policy, levels)
            if grants.count < Self.sharedGrants { grants[levels] = made }
            return made
        }
    }

    /// The entries of a segment that a filter of the access rules holds for; made when it is first asked for, and shared.
    func entrySet(
        _ filter: Int, _ segment: Int, make: () throws(SegmentError) -> EntrySet?
    ) throws(SegmentError) -> EntrySet? {
        let key = EntrySetKey(filter: filter, segment: segment)
        if let known = entrySets.withLock({ $0[key] }) { return known }
        let made = try make()
        entrySets.withLock { $0[key] = made }
        return made
    }

    /// Whether any of the entries is one that the generation still has.
    func hasLiveEntry(_ segment: Int, _ entries: PostingCursor) throws(SegmentError) -> Bool {
        var entries = entries
        while let entry = try entries.next(in: generation.segments[segment]) {
            if !isDead(segment, entry) { return true }
        }
        return false
    }

    /// Whether a DIT key is that of a suffix, or below one.
    func isServed(_ key: Span<UInt8>) -> Bool {
        suffixKeys.contains { DITKey.isWithin(key, subtreeOf: $0.span) }
    }

    /// The entry with the longest name above or at `key` that there is; nil where not even the suffix is.
    func closest(to key: Span<UInt8>) throws(SegmentError) -> EntryPlace? {
        var length = key.count
        while length > 0, isServed(key.extracting(0..<length)) {
            if let place = try find(key.extracting(0..<length)) { return place }
            length = DITKey.parent(of: key.extracting(0..<length))
        }
        return nil
    }
}

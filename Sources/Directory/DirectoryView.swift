public import AttributeIndex
import LDAP
public import Schema
import Synchronization

/// One consistent state of the directory: a generation of the index, the root DSE and the subschema subentry that go with
/// it. Immutable; a search keeps the one that it started in.
public final class DirectoryView: Sendable {
    /// The state of the index.
    public let generation: Generation

    /// Which view it is: no other of this process has the same number, not even after this one is gone.
    let number = DirectoryView.numbers.add(1, ordering: .relaxed).newValue
    private static let numbers = Atomic<UInt64>(0)

    let environment: PlanEnvironment
    /// The root DSE, alone.
    let rootDSE: Segment
    /// The subschema subentry, alone.
    let subschema: Segment
    private let notes: [SegmentNotes]
    private let rootDSENotes: SegmentNotes
    private let subschemaNotes: SegmentNotes
    private let suffixKeys: [[UInt8]]

    /// The view of a generation; what does not differ from the view before is taken from there.
    init(
        _ generation: Generation, _ configuration: DirectoryConfiguration, reusing last: DirectoryView?
    ) throws(SegmentError) {
        self.generation = generation
        let suffixes = try generation.roots().map { place throws(SegmentError) in
            try generation.segments[place.segment].name(of: place.entry, generation.schema)
        }
        suffixKeys = suffixes.map(\.key)
        let sharesSchema = last?.generation.schema === generation.schema
        if sharesSchema, let last {
            environment = last.environment
            subschema = last.subschema
        } else {
            environment = PlanEnvironment(generation.schema, subschemaKey: Subschema.key(in: generation.schema))
            subschema = try Subschema.segment(generation.schema)
        }
        if sharesSchema, let last, last.suffixKeys == suffixKeys {
            rootDSE = last.rootDSE
        } else {
            rootDSE = try RootDSE.segment(generation.schema, suffixes: suffixes, configuration)
        }
        let environment = environment
        notes = generation.segments.map { SegmentNotes($0, environment) }
        rootDSENotes = SegmentNotes(rootDSE, environment)
        subschemaNotes = SegmentNotes(subschema, environment)
    }

    /// The schema that requests and answers are in.
    public var schema: Schema { generation.schema }

    var segmentIndices: Range<Int> { generation.segments.indices }

    func segment(_ index: Int) -> Segment { generation.segments[index] }

    func context(_ index: Int) -> SegmentContext {
        SegmentContext(view: self, segment: generation.segments[index], notes: notes[index], index: index)
    }

    var rootDSEContext: SegmentContext {
        SegmentContext(view: self, segment: rootDSE, notes: rootDSENotes, index: SegmentContext.virtual)
    }

    var subschemaContext: SegmentContext {
        SegmentContext(view: self, segment: subschema, notes: subschemaNotes, index: SegmentContext.virtual)
    }

    /// The attributes of a segment that name a group's members.
    func memberAttributes(_ segment: Int) -> [Int] { notes[segment].memberAttributes }

    /// The entry with exactly this DIT key.
    func find(_ key: Span<UInt8>) throws(SegmentError) -> EntryPlace? { try generation.find(key) }

    /// How many entries are directly below the entry with this DIT key.
    func childCount(_ key: Span<UInt8>) throws(SegmentError) -> Int { try generation.childCount(key) }

    func isDead(_ segment: Int, _ entry: EntryID) -> Bool { generation.isDead(segment: segment, entry: entry) }

    /// The groups that the entry with this DIT key is a member of, each once.
    func groups(ofEntry key: Span<UInt8>) throws(SegmentError) -> [EntryPlace] {
        var groups: [EntryPlace] = []
        for index in segmentIndices {
            for attribute in notes[index].memberAttributes {
                guard let value = try segment(index).valueID(attribute, equalTo: key) else { continue }
                var entries = try segment(index).postings(attribute, value)
                while let entry = try entries.next(in: segment(index)) {
                    let place = EntryPlace(segment: index, entry: entry)
                    if !isDead(index, entry), !groups.contains(place) { groups.append(place) }
                }
            }
        }
        return groups
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

extension Segment {
    /// The name of an entry.
    func name(of entry: EntryID, _ schema: Schema) throws(SegmentError) -> DistinguishedName {
        let text = try dn(entry)
        do throws(DNError) {
            return try DistinguishedName(parsing: text, schema: schema)
        } catch {
            throw SegmentError(.damaged, "An entry's name is none: \(error)")
        }
    }
}

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

    let served: ServedGeneration
    /// The contexts of the generation's segments, and behind them those of the subschema subentry and the root DSEs.
    private let contexts: [SegmentContext]
    /// The root DSE as each kind of connection sees it, each alone; at least one.
    private let rootDSEs: [SegmentContext]
    /// The subschema subentry, alone.
    let subschema: SegmentContext
    /// The segment with the most entries; nil where there is none.
    let mainSegment: Segment?
    private let suffixKeys: [[UInt8]]

    /// The view of a generation; what does not differ from the view before is taken from there.
    init(
        _ generation: Generation, _ configuration: DirectoryConfiguration, reusing last: DirectoryView?
    ) throws(SegmentError) {
        self.generation = generation
        segmentIndices = generation.segments.indices
        mainSegment = generation.segments.max { $0.entryCount < $1.entryCount }
        let suffixes = try generation.roots().map { place throws(SegmentError) in
            try generation.segments[place.segment].name(of: place.entry, generation.schema)
        }
        suffixKeys = suffixes.map(\.key)
        // What follows from the schema, and the suffixes, rarely changes.
        let same = last?.generation.schema === generation.schema ? last : nil
        let known = same?.environment.settings == configuration.access ? same?.environment : nil
        let environment =
            known
            ?? PlanEnvironment(
                generation.schema, subschemaKey: Subschema.key(in: generation.schema), configuration.access)
        let served = ServedGeneration(generation, environment, suffixKeys: suffixKeys)
        self.served = served
        var rootDSEs = same?.suffixKeys == suffixKeys ? same?.rootDSEs.map(\.segment) : nil
        if rootDSEs == nil { rootDSEs = try RootDSE.segments(generation.schema, suffixes: suffixes, configuration) }
        var subschema = same?.subschema.segment
        if subschema == nil { subschema = try Subschema.segment(generation.schema) }
        guard let rootDSEs, !rootDSEs.isEmpty, let subschema else {
            throw SegmentError(.invalidRecord, "The root DSE was not made")
        }
        self.rootDSEs = try rootDSEs.map { segment throws(SegmentError) in
            try SegmentContext(served, segment, index: SegmentContext.virtual)
        }
        self.subschema = try SegmentContext(served, subschema, index: SegmentContext.virtual)
        var contexts: [SegmentContext] = []
        for index in generation.segments.indices {
            contexts.append(try SegmentContext(served, generation.segments[index], index: index))
        }
        self.contexts = contexts + [self.subschema] + self.rootDSEs
    }

    /// The schema that requests and answers are in.
    public var schema: Schema { generation.schema }

    var environment: PlanEnvironment { served.environment }

    let segmentIndices: Range<Int>

    func segment(_ index: Int) -> Segment { generation.segments[index] }

    func context(_ index: Int) -> SegmentContext { contexts[index] }

    /// The same in its place, which costs no reference counting.
    subscript(context index: Int) -> SegmentContext {
        _read { yield contexts[index] }
    }

    /// The root DSE as a kind of connection sees it; what there is no such kind of sees the first.
    func rootDSE(_ kind: Int) -> SegmentContext { rootDSEs[rootDSEs.indices.contains(kind) ? kind : 0] }

    /// The index of the context that a root is searched in, for one of the index's entries in the segment `segment`, and
    /// the root DSE of a kind.
    func contextIndex(_ kind: SearchRoot.Kind, segment: Int, rootDSE: Int) -> Int {
        switch kind {
        case .subschema: segmentIndices.upperBound
        case .rootDSE: segmentIndices.upperBound + 1 + (rootDSEs.indices.contains(rootDSE) ? rootDSE : 0)
        default: segment
        }
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

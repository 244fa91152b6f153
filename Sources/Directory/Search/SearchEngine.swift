import AttributeIndex
import BER
import LDAP
import ReusedMemory
import Schema

/// The state of one search. Everything in it is reused by the next.
struct SearchEngine: ~Copyable {
    /// What comes next in the segment that is being searched.
    enum Stage {
        case roots
        case nextSegment
        case references
        case fill
        case candidates
        case finished
    }

    var view: DirectoryView?
    /// What the requester may do; nil where there are no rules.
    var access: SessionAccess?
    var messageID: Int64 = 0
    var scope = SearchScope.base
    var derefAliases = DerefAliases.never
    var typesOnly = false
    var manageDsaIT = false
    /// Which of the root DSEs the client sees.
    var rootDSE = 0
    var limits = SearchLimits()
    var page: PageRequest?

    var plan = FilterPlan()
    var selection = AttributeSelection()
    var groups = GroupMembership()
    var segmentPlan = SegmentPlan()
    var resolvedFor: ObjectIdentifier?

    var roots: [SearchRoot] = []
    var rootIndex = 0
    var segmentIndex = 0
    var stage = Stage.finished
    var range: Range<EntryID> = 0..<0
    var stream = CandidateStream()
    /// The depth of the entries wanted; -1 for any.
    var entryDepth = -1
    /// Whether some entries are of a kind that the scope leaves out.
    var looksAtFlags = false
    var references = PostingCursor.empty
    var bitmap = EntryBitmap()
    var usesBitmap = false
    /// Whether the segment's candidates are one list, and nothing was planned.
    var usesOneList = false
    var probes = ReusedList<KeyProbe>(capacity: 4)
    var entry = EntryScratch()
    /// The parts of one entry's user attributes that are returned, where not all are.
    var parts = ReusedList<Range<Int>>(capacity: 16)
    /// Attributes of one entry that are written for it, not copied.
    var extra = BERWriter(capacity: 1024)

    /// The base, as the client wrote it, and its DIT key.
    var requestedBase = ReusedList<UInt8>(capacity: 128)
    var baseKey: [UInt8] = []
    /// Makes the keys of bases, which often have one parent.
    var names = NameKeys()
    /// What `roots` depend on, and whether they were found for it.
    var rootsOrigin: RootsOrigin?
    var hasRoots = false
    var entryCount = 0
    var referenceCount = 0
    /// Entries that may still be looked at; counts down.
    var examinable = Int.max
    /// How the search ended, where there is more to say than success. Most searches never touch it.
    private var ending: SearchEnding?

    init() {}

    mutating func start(
        _ granted: GrantedView, _ request: borrowing SearchRequestFields, _ pdu: Span<UInt8>,
        _ filter: borrowing FlatFilter, manageDsaIT: Bool, messageID: MessageID, limits: SearchLimits,
        page: PageRequest?
    ) {
        // Mostly it is the view of the search before.
        let view = granted.view
        if self.view !== view { self.view = view }
        if access !== granted.access { access = granted.access }
        entry.begin(granted.access, view, needing: .search)
        if ending != nil { ending = nil }
        self.messageID = Int64(messageID.rawValue)
        scope = request.scope
        derefAliases = request.derefAliases
        typesOnly = request.typesOnly
        self.manageDsaIT = manageDsaIT
        rootDSE = granted.rootDSE
        self.limits = limits
        self.page = page
        resolvedFor = nil
        entryCount = 0
        referenceCount = 0
        examinable = limits.examined > 0 ? limits.examined : Int.max
        rootIndex = 0
        segmentIndex = -1
        stage = .roots
        entry.clear()
        prepareRoots(pdu.extracting(request.base), view)
        guard stage != .finished else { return }
        plan.compile(filter, pdu: pdu, view.environment)
        if let access, !isVirtual(view) { plan.close { access.grants.maySearchSomewhere($0) } }
        selection.select(request, pdu: pdu, view)
    }

    mutating func cancel() {
        if stage != .finished { finish(LDAPResult(.other)) }
    }

    mutating func step(into writer: inout BERWriter, budget: StepBudget, now: UInt64) -> SearchProgress {
        // Taken out for the step, and put back: moving it costs nothing, sharing it would.
        guard stage != .finished, let view = self.view.take() else { return .finished }
        defer { self.view = view }
        if let deadline = limits.deadline, now >= deadline {
            finish(LDAPResult(.timeLimitExceeded))
            return .finished
        }
        let firstOctet = writer.count
        let limit = max(budget.work, 1)
        var work = 0
        do throws(SegmentError) {
            while stage != .finished {
                if work >= limit || writer.count - firstOctet >= budget.octets { return .more }
                try advance(view, into: &writer, work: &work, limit: limit, octets: firstOctet + budget.octets)
            }
        } catch {
            finish(error)
        }
        return .finished
    }

    private mutating func advance(
        _ view: DirectoryView, into writer: inout BERWriter, work: inout Int, limit: Int, octets: Int
    ) throws(SegmentError) {
        if stage == .roots { try begin(view) }
        if stage == .nextSegment {
            work += 1
            guard nextSegment(view) else { return }
        }
        guard stage != .finished else { return }
        let index = view.contextIndex(roots[rootIndex].kind, segment: segmentIndex, rootDSE: rootDSE)
        try advance(view[context: index], into: &writer, work: &work, limit: limit, octets: octets)
    }

    private mutating func advance(
        _ context: borrowing SegmentContext, into writer: inout BERWriter, work: inout Int, limit: Int, octets: Int
    ) throws(SegmentError) {
        if stage == .nextSegment { try enterSegment(context) }
        switch stage {
        case .references: try writeReferences(context, into: &writer, work: &work, limit: limit)
        case .fill: try fillBitmap(context, work: &work, limit: limit)
        case .candidates: try answerCandidates(context, into: &writer, work: &work, limit: limit, octets: octets)
        case .roots, .nextSegment, .finished: return
        }
    }

    // MARK: - The end

    /// Ends the search with success and nothing to add.
    mutating func finish() { stage = .finished }

    /// Ends the search.
    mutating func finish(_ result: LDAPResult, nextPage: PagePosition? = nil, failure: String? = nil) {
        stage = .finished
        ending = SearchEnding(result: result, nextPage: nextPage, failure: failure)
    }

    /// Ends the search because the index cannot be read: never with an answer that may be wrong.
    mutating func finish(_ error: SegmentError) {
        finish(LDAPResult(.other, diagnosticMessage: "the index is damaged"), failure: error.description)
    }

    /// Whether the search ended with success and there is nothing to add.
    var endedPlainly: Bool { ending == nil }

    var outcome: SearchOutcome {
        SearchOutcome(
            result: ending?.result ?? .success, nextPage: ending?.nextPage, entries: entryCount,
            references: referenceCount, failure: ending?.failure)
    }

    /// Lets go of the state of the directory, which a finished search keeps for the next.
    mutating func releaseView() {
        guard stage == .finished else { return }
        view = nil
        access = nil
        entry.begin(nil, nil, needing: .search)
    }
}

/// An end that there is something to say of.
struct SearchEnding {
    var result: LDAPResult
    var nextPage: PagePosition?
    var failure: String?
}

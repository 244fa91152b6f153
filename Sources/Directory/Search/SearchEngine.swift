import AttributeIndex
import BER
import LDAP
import ReusedMemory
import Schema

/// The state of one search. Everything in it is reused by the next.
struct SearchEngine: ~Copyable {
    /// What comes next in the segment that is being searched.
    enum Stage {
        case nextSegment
        case references
        case fill
        case candidates
        case finished
    }

    var view: DirectoryView?
    var messageID: Int64 = 0
    var scope = SearchScope.base
    var derefAliases = DerefAliases.never
    var typesOnly = false
    var manageDsaIT = false
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
    var entry = EntryScratch()
    /// Attributes of one entry that are written for it, not copied.
    var extra = BERWriter(capacity: 1024)

    var baseKey: [UInt8] = []
    /// What `roots` were found for; nil where they are incomplete.
    var rootsOrigin: RootsOrigin?
    /// The base that `roots` were found for, as the client wrote it.
    var requestedBase: [UInt8] = []
    var entryCount = 0
    var referenceCount = 0
    var outcome = SearchOutcome(result: .success, nextPage: nil, entries: 0, references: 0)

    init() {}

    mutating func start(
        _ view: DirectoryView, _ request: borrowing SearchRequestFields, _ pdu: Span<UInt8>,
        _ filter: borrowing FlatFilter, manageDsaIT: Bool, messageID: MessageID, limits: SearchLimits,
        page: PageRequest?
    ) {
        self.view = view
        self.messageID = Int64(messageID.rawValue)
        scope = request.scope
        derefAliases = request.derefAliases
        typesOnly = request.typesOnly
        self.manageDsaIT = manageDsaIT
        self.limits = limits
        self.page = page
        resolvedFor = nil
        entryCount = 0
        referenceCount = 0
        rootIndex = 0
        segmentIndex = -1
        stage = .nextSegment
        entry.clear()
        do throws(SegmentError) {
            guard try ensureRoots(pdu.extracting(request.base), view) else { return }
            plan.compile(filter, pdu: pdu, view.environment)
            selection.select(request.attributes.span, pdu: pdu, view.environment)
            try groups.resolve(plan, view.served)
            skipToPage()
        } catch {
            finish(error)
        }
    }

    mutating func cancel() {
        finish(LDAPResult(.other))
    }

    mutating func step(into writer: inout BERWriter, budget: StepBudget, now: UInt64) -> SearchProgress {
        guard stage != .finished, let view else { return .finished(outcome) }
        if let deadline = limits.deadline, now >= deadline {
            finish(LDAPResult(.timeLimitExceeded))
            return .finished(outcome)
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
        return .finished(outcome)
    }

    private mutating func advance(
        _ view: DirectoryView, into writer: inout BERWriter, work: inout Int, limit: Int, octets: Int
    ) throws(SegmentError) {
        switch stage {
        case .nextSegment: try enterNextSegment(view, work: &work)
        case .references: try writeReferences(view, into: &writer, work: &work, limit: limit)
        case .fill: try fillBitmap(view, work: &work, limit: limit)
        case .candidates: try answerCandidates(view, into: &writer, work: &work, limit: limit, octets: octets)
        case .finished: return
        }
    }

    /// Ends the search.
    mutating func finish(_ result: LDAPResult, nextPage: PagePosition? = nil) {
        stage = .finished
        view = nil
        outcome = SearchOutcome(
            result: result, nextPage: nextPage, entries: entryCount, references: referenceCount)
    }

    /// Ends the search because the index cannot be read: never with an answer that may be wrong.
    mutating func finish(_ error: SegmentError) {
        finish(LDAPResult(.other, diagnosticMessage: "the index is damaged"))
        outcome.failure = error.description
    }
}

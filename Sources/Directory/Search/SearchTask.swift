public import BER
public import LDAP

/// One search, from its request to its last entry, done in steps between which it is suspended with all its state.
///
/// ```swift
/// task.start(in: directory.view().granted(to: requester), request: fields, pdu: pdu, filter: filter, ...)
/// while case .more = task.step(into: &writer, budget: StepBudget(), now: now) { /* send, serve others */ }
/// ```
/// Not for use by two threads at a time.
public final class SearchTask {
    private var engine: SearchEngine

    /// A task that was not started yet.
    public init() {
        engine = SearchEngine()
    }

    /// The rest of a search.
    init(_ engine: consuming SearchEngine) {
        self.engine = engine
    }

    /// Starts a search. Nothing of the request's octets is needed afterwards.
    ///
    /// - Parameters:
    ///   - view: the state of the directory that the whole search sees, as far as the requester may see it.
    ///   - request: the request, as ranges of `pdu`.
    ///   - filter: the request's filter, as ranges of `pdu`.
    ///   - manageDsaIT: whether referral entries are treated as entries (RFC 3296 section 3).
    ///   - messageID: stands on every message written.
    ///   - limits: the lower of the client's and the server's; the request's own are not looked at.
    ///   - page: one page of a paged search, in the order of entries; nil for everything, in any order.
    public func start(
        in view: GrantedView, request: borrowing SearchRequestFields, pdu: Span<UInt8>,
        filter: borrowing FlatFilter, manageDsaIT: Bool, messageID: MessageID,
        limits: SearchLimits, page: PageRequest? = nil
    ) {
        engine.start(
            view, request, pdu, filter, manageDsaIT: manageDsaIT, messageID: messageID, limits: limits, page: page)
    }

    /// Goes on until the budget is used up or the search is finished: writes whole SearchResultEntry and
    /// SearchResultReference messages (RFC 4511 section 4.5.2), never SearchResultDone.
    ///
    /// - Parameter now: the reading of the clock that `SearchLimits.deadline` is on.
    public func step(into writer: inout BERWriter, budget: StepBudget, now: UInt64 = 0) -> SearchProgress {
        engine.step(into: &writer, budget: budget, now: now)
    }

    /// Whether a finished search ended with success, and there is nothing to add: no next page either.
    public var endedPlainly: Bool { engine.endedPlainly }

    /// How a finished search ended.
    public var outcome: SearchOutcome { engine.outcome }

    /// Entries that were returned so far.
    public var entryCount: Int { engine.entryCount }

    /// Ends a search before its time. Nothing more is written.
    public func cancel() {
        engine.cancel()
    }
}

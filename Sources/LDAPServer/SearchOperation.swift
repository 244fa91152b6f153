import BER
import Directory
import EventLog
import LDAP
import Transport

/// A search that is under way.
struct ActiveSearch {
    let task: SearchTask
    let messageID: MessageID
    /// Of a paged search, what its next cookie is made from.
    let page: PageContext?
}

extension LDAPConnection {
    /// Search (RFC 4511 section 4.5).
    func search(_ request: borrowing RequestReader, _ pdu: Span<UInt8>) throws(LDAPDecodingError) {
        try search(request, pdu, &server.requests)
    }

    private func search(
        _ request: borrowing RequestReader, _ pdu: Span<UInt8>, _ scratch: inout RequestScratch
    ) throws(LDAPDecodingError) {
        try request.searchRequest(into: &scratch.fields, filter: &scratch.filter)
        var limits = searchLimits(scratch.fields)
        let view = view(for: request.bytes(scratch.fields.base))
        guard request.controls != nil else {
            return start(request.messageID, pdu, &scratch, view, limits)
        }
        guard
            let controls = try controls(of: request, accepted: [.manageDSAIT, .pagedResults])
        else { return answer(request, .unavailableControl) }
        switch try resolvePage(controls, request, scratch.fields, view: view) {
        case .ended(let result): answer(request, result)
        case .ignored:
            start(request.messageID, pdu, &scratch, view, limits, managesDSAIT: controls.managesDSAIT)
        case .page(let page, let context):
            // A page is smaller than the client's size limit; the server's is on the whole.
            limits.entries = context.remaining ?? 0
            start(
                request.messageID, pdu, &scratch, context.view, limits, managesDSAIT: controls.managesDSAIT,
                page: page, context: context)
        }
    }

    private func start(
        _ messageID: MessageID, _ pdu: Span<UInt8>, _ scratch: inout RequestScratch, _ view: DirectoryView,
        _ limits: SearchLimits, managesDSAIT: Bool = false, page: PageRequest? = nil, context: PageContext? = nil
    ) {
        scratch.searches.start(
            in: granted(view), request: scratch.fields, pdu: pdu, filter: scratch.filter, manageDsaIT: managesDSAIT,
            messageID: messageID, limits: limits, page: page)
        // For one alone too: what is asked for together is waited for once, not in turn.
        scratch.searches.prefetch()
        perform(0, of: &scratch.searches, messageID, context, &server.output, now: server.reactor.now)
        scratch.searches.removeAll()
    }

    /// Takes one search of a batch as far as it gets in a turn.
    func perform(
        _ index: Int, of batch: inout SearchBatch, _ messageID: MessageID, _ page: PageContext?,
        _ output: inout BERWriter, now: UInt64
    ) {
        switch batch.step(index, into: &output, budget: StepBudget(), now: now) {
        case .finished where batch.endedPlainly(index) && page == nil:
            logEnd(messageID, .success, entries: batch.entryCount(index))
            server.counters.succeeded(.search)
            server.counters.add(.entries, batch.entryCount(index))
            writeBareResult(to: &output, operation: .searchResultDone, messageID: messageID, code: .success)
        case .finished: finish(messageID, page, batch.outcome(index), &output)
        case .more:
            suspend(ActiveSearch(task: batch.suspend(index), messageID: messageID, page: page), &output)
        }
    }

    /// What the client asks for, as far as the server grants it (RFC 4511 sections 4.5.1.4 and 4.5.1.5).
    func searchLimits(_ fields: borrowing SearchRequestFields) -> SearchLimits {
        let seconds = limits.time.resolve(Int(fields.timeLimit))
        return SearchLimits(
            entries: limits.size.resolve(Int(fields.sizeLimit)), examined: limits.examined,
            deadline: seconds == 0 ? nil : server.reactor.now + UInt64(seconds) * 1000)
    }

    /// Goes on with the search that is the activity.
    func resume(_ search: ActiveSearch) {
        switch search.task.step(into: &server.output, budget: StepBudget(), now: server.reactor.now) {
        case .more: suspend(search, &server.output)
        case .finished:
            finish(search.messageID, search.page, search.task.outcome, &server.output)
            activityEnded()
        }
    }

    private func suspend(_ search: ActiveSearch, _ output: inout BERWriter) {
        activity = .search(search)
        send(&output)
        // Where the peer takes no more, `outputDrained` goes on.
        if !connection.hasPendingOutput { connection.schedule() }
    }

    private func finish(
        _ messageID: MessageID, _ page: PageContext?, _ outcome: SearchOutcome, _ output: inout BERWriter
    ) {
        logEnd(messageID, outcome.result.code, entries: outcome.entries)
        server.counters.ended(.search, outcome.result.code)
        server.counters.add(.entries, outcome.entries)
        server.counters.add(.references, outcome.references)
        noteLimit(outcome.result.code, entries: outcome.entries)
        if let failure = outcome.failure {
            server.context.reportDamage(failure, connection: number)
        }
        if let page { return finishPage(messageID, page, outcome, &output) }
        writeSearchResultDone(to: &output, messageID: messageID, result: outcome.result)
    }

    private func logEnd(_ messageID: MessageID, _ code: ResultCode, entries: Int) {
        log.log(
            .debug, "search",
            [
                "connection": number, "message": messageID.rawValue, "result": code.description, "entries": entries,
            ])
    }

    /// Ends a search before its time, if `messageID` is the one under way, and says so to the client if there is a `result`.
    func stopSearch(_ messageID: MessageID, result: LDAPResult?) -> Bool {
        guard case .search(let search) = activity, search.messageID == messageID else { return false }
        if let result { answer(.search, messageID, result) }
        activityEnded()
        return true
    }
}

extension LDAPResult {
    /// The answer to a critical control that is unknown or does not fit the operation (RFC 4511 section 4.1.11).
    static let unavailableControl = LDAPResult(
        .unavailableCriticalExtension, diagnosticMessage: "a critical control that is not supported here")
}

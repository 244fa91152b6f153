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
        try request.searchRequest(into: &server.searchFields, filter: &server.filter)
        guard
            let controls = try RequestControls(
                request, accepted: [.manageDSAIT, .pagedResults], scratch: &server.controls)
        else { return answer(request, .unavailableControl) }
        var limits = searchLimits()
        var view = server.context.directory.view()
        var pageRequest: PageRequest?
        var pageContext: PageContext?
        if let asked = controls.page {
            switch try resolvePage(asked, request, managesDSAIT: controls.managesDSAIT, view: view) {
            case .ignored: break
            case .ended(let result): return answer(request, result)
            case .page(let page, let context):
                (pageRequest, pageContext) = (page, context)
                view = context.view
                limits.entries = context.remaining ?? 0
            }
        }
        let task = server.takeSearch()
        task.start(
            in: view, request: server.searchFields, pdu: pdu, filter: server.filter, identity: identity,
            manageDsaIT: controls.managesDSAIT, messageID: request.messageID, limits: limits, page: pageRequest)
        step(ActiveSearch(task: task, messageID: request.messageID, page: pageContext))
    }

    /// The client's limits or the server's, whichever are less (RFC 4511 section 4.5.1.4 and 4.5.1.5).
    private func searchLimits() -> SearchLimits {
        let seconds = lesser(Int(server.searchFields.timeLimit), server.context.configuration.timeLimit)
        return SearchLimits(
            entries: lesser(Int(server.searchFields.sizeLimit), server.context.configuration.sizeLimit),
            deadline: seconds == 0 ? nil : server.reactor.now + UInt64(seconds) * 1000)
    }

    /// The lesser of two limits of which 0 is none.
    private func lesser(_ one: Int, _ other: Int) -> Int {
        one == 0 || other == 0 ? max(one, other) : min(one, other)
    }

    /// Goes on with a search for one step's budget; a search that is not finished by it becomes the activity.
    func step(_ search: ActiveSearch) {
        switch search.task.step(into: &server.output, budget: StepBudget(), now: server.reactor.now) {
        case .more:
            activity = .search(search)
            flush()
            // Where the peer takes no more, `outputDrained` goes on.
            if !connection.hasPendingOutput { connection.schedule() }
        case .finished(let outcome):
            finish(search, outcome)
            server.giveBack(search.task)
            if isBusy { activityEnded() }
        }
    }

    private func finish(_ search: ActiveSearch, _ outcome: SearchOutcome) {
        log.log(
            .debug, "search",
            [
                "connection": number, "message": search.messageID.rawValue,
                "result": outcome.result.code.description, "entries": outcome.entries,
            ])
        if let page = search.page {
            return finishPage(search.messageID, page, outcome)
        }
        writeSearchResultDone(to: &server.output, messageID: search.messageID, result: outcome.result)
    }

    /// Ends a search before its time, if `messageID` is the one under way, and says so to the client if there is a `result`.
    func stopSearch(_ messageID: MessageID, result: LDAPResult?) -> Bool {
        guard case .search(let search) = activity, search.messageID == messageID else { return false }
        if let result { answer(.search, messageID, result) }
        server.giveBack(search.task)
        activityEnded()
        return true
    }
}

extension LDAPResult {
    /// The answer to a critical control that is unknown or does not fit the operation (RFC 4511 section 4.1.11).
    static let unavailableControl = LDAPResult(
        .unavailableCriticalExtension, diagnosticMessage: "a critical control that is not supported here")
}

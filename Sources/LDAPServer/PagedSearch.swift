import AttributeIndex
import BER
import Directory
import LDAP
import ReusedMemory
import Transport

/// What the pages of one search have in common, and how far they are.
struct PageContext {
    let view: DirectoryView
    /// What a cookie is bound to: the connection, the request and the identity.
    let binding: [UInt8]
    /// Entries on the pages before.
    let entriesBefore: Int
    /// Entries that the server's limit on the whole still allows; nil for no limit.
    let remaining: Int?
}

/// What a paged results control comes to.
enum PageResolution {
    /// The search is answered as if the control were not there.
    case ignored
    /// No search is needed for the answer.
    case ended(LDAPResult)
    case page(PageRequest, PageContext)
}

extension LDAPConnection {
    /// What the paged results control of a search comes to (RFC 2696 section 3).
    func resolvePage(
        _ controls: RequestControls, _ request: borrowing RequestReader, _ fields: borrowing SearchRequestFields,
        view: DirectoryView
    ) throws(LDAPDecodingError) -> PageResolution {
        guard let asked = controls.page else { return .ignored }
        let sizeLimit = fields.sizeLimit
        // "If the page size is greater than or equal to the sizeLimit value, the server should ignore the control".
        if asked.cookie.isEmpty, sizeLimit > 0, asked.size >= sizeLimit { return .ignored }
        let binding = pageBinding(request, fields, managesDSAIT: controls.managesDSAIT)
        var pageView = view
        var position: PagePosition?
        var entriesBefore = 0
        if !asked.cookie.isEmpty {
            guard
                let cookie = PagedSearchCookie(
                    opening: asked.cookie, key: server.context.cookieKey, context: binding)
            else { throw .protocolError(request.messageID, "not a cookie of this search") }
            // A size of 0 gives the search up; what was kept for it may serve others and goes with time.
            if asked.size == 0 { return .ended(.success) }
            guard let kept = self.view(cookie.generation, current: view) else {
                let reason = "the state of the directory that this cookie goes on from is no longer kept"
                return .ended(LDAPResult(.unwillingToPerform, diagnosticMessage: reason))
            }
            (pageView, position, entriesBefore) = (kept, cookie.position, Int(cookie.entries))
        }
        if asked.size == 0 { return .ended(.success) }
        let limit = limits.size.hard
        let remaining = limit == 0 ? nil : limit - entriesBefore
        if let remaining, remaining <= 0 { return .ended(LDAPResult(.sizeLimitExceeded)) }
        return .page(
            PageRequest(size: Int(asked.size), position: position),
            PageContext(view: pageView, binding: binding, entriesBefore: entriesBefore, remaining: remaining))
    }

    private func view(_ sequence: UInt64, current: DirectoryView) -> DirectoryView? {
        if current.generation.sequence == sequence { return current }
        let kept = server.pages.view(sequence, of: connection.token)
        // Rules that have changed hold for the pages to come too.
        return kept.flatMap { $0.isUnderSameRules(as: current) ? $0 : nil }
    }

    /// Ends a page: with a cookie where there is more, which needs the state of the directory kept.
    func finishPage(
        _ messageID: MessageID, _ page: PageContext, _ outcome: SearchOutcome, _ output: inout BERWriter
    ) {
        var cookie: [UInt8] = []
        if let next = outcome.nextPage {
            let entries = page.entriesBefore + outcome.entries
            cookie = PagedSearchCookie(
                generation: page.view.generation.sequence, position: next, entries: UInt32(clamping: entries)
            ).sealed(with: server.context.cookieKey, context: page.binding)
            server.pages.keep(page.view, for: connection.token, now: server.reactor.now)
        }
        writeSearchResultDone(
            to: &output, messageID: messageID, result: outcome.result,
            controls: [PagedResults(size: 0, cookie: cookie).control()])
    }

    /// Whose search it is, on which connection, and what it asks for, but for the limits, which may differ from page to page.
    private func pageBinding(
        _ request: borrowing RequestReader, _ fields: borrowing SearchRequestFields, managesDSAIT: Bool
    ) -> [UInt8] {
        var binding: [UInt8] = [
            UInt8(truncatingIfNeeded: fields.scope.rawValue), UInt8(truncatingIfNeeded: fields.derefAliases.rawValue),
            fields.typesOnly ? 1 : 0, managesDSAIT ? 1 : 0,
        ]
        // As in OpenLDAP, a search goes on where it began; whoever overhears a cookie can do nothing with it.
        for shift in stride(from: 56, through: 0, by: -8) { binding.append(UInt8(truncatingIfNeeded: number >> shift)) }
        // Each with its length before it, so that no other division gives the same octets.
        func append(_ octets: [UInt8]) {
            for shift in [24, 16, 8, 0] { binding.append(UInt8(truncatingIfNeeded: octets.count >> shift)) }
            binding += octets
        }
        if case .entry(_, let key) = identity { append(key) } else { append([]) }
        append(request.bytes(fields.base).array())
        append(request.bytes(fields.filter).array())
        for index in fields.attributes.indices { append(request.bytes(fields.attributes[index]).array()) }
        return binding
    }
}

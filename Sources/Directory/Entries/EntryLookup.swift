public import AttributeIndex
import BER
public import LDAP

/// A search for whom a name stands for, made by the server itself and answered to no client.
public struct EntryLookup: Sendable, Equatable {
    /// The DN of the entry to start from.
    public var base: String
    /// How far to look.
    public var scope: SearchScope
    /// Which entries are meant.
    public var filter: Filter

    /// A look-up of its parts.
    public init(base: String, scope: SearchScope = .sub, filter: Filter) {
        self.base = base
        self.scope = scope
        self.filter = filter
    }
}

extension DirectoryView {
    /// What the one entry that a look-up finds has stored for binding. Nil where there is none, and where there are several:
    /// a client must not be able to tell these apart.
    ///
    /// - Throws: when the index is damaged.
    public func credentials(ofOnly lookup: EntryLookup) throws(SegmentError) -> StoredCredentials? {
        let request = SearchRequest(
            base: lookup.base, scope: lookup.scope, sizeLimit: 2, filter: lookup.filter, attributes: ["1.1"])
        let names = try names(found: request)
        guard names.count == 1, let name = names.first else { return nil }
        return try credentials(ofEntryNamed: name.utf8.span)
    }

    /// The names of the entries that a search finds, up to its size limit.
    private func names(found request: SearchRequest) throws(SegmentError) -> [String] {
        let task = SearchTask()
        guard start(task, request) else { return [] }
        var output = BERWriter(capacity: 1024)
        while case .more = task.step(into: &output, budget: StepBudget()) {}
        if let failure = task.outcome.failure { throw SegmentError(.damaged, failure) }
        var names: [String] = []
        var rest = output.bytes
        while let length = try? nextMessageLength(rest, limit: Limits.messageBytes),
            let message = try? LDAPMessage(decoding: rest.extracting(first: length))
        {
            if case .searchResultEntry(let entry) = message.operation { names.append(entry.name) }
            rest = rest.extracting(droppingFirst: length)
        }
        return names
    }

    private func start(_ task: SearchTask, _ request: SearchRequest) -> Bool {
        guard let messageID = MessageID(rawValue: 1) else { return false }
        let pdu = LDAPMessage(messageID, .searchRequest(request)).encoded
        var fields = SearchRequestFields()
        var filter = FlatFilter()
        do throws(LDAPDecodingError) {
            try RequestReader(pdu.span).searchRequest(into: &fields, filter: &filter)
        } catch {
            return false
        }
        task.start(
            in: unrestricted, request: fields, pdu: pdu.span, filter: filter, manageDsaIT: false,
            messageID: messageID, limits: SearchLimits(entries: Int(request.sizeLimit)))
        return true
    }
}

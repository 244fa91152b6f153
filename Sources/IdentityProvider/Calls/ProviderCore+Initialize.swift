import CommonInterface
import Storage

extension ProviderCore {
    /// `initialize`: replaces what the service provider wanted before, ends its subscription and deletes its files. An empty list
    /// of attributes takes everything back.
    mutating func initialize(
        _ request: InitializeRequest, from caller: EntityID, now: Int64
    ) throws(Refusal) -> InitializeAnswer {
        let settings = try settings(of: request.entityID, caller: caller)
        try check(request)
        try refuseBusy(caller, now: now)
        let granted = Mechanism.allCases.filter {
            request.mechanisms.contains($0.rawValue) && settings.mechanisms.contains($0)
        }
        guard !granted.isEmpty || request.attributes.isEmpty else {
            throw Refusal(.methodNotAllowed, "none of the mechanisms wanted is offered to \(caller)")
        }
        do throws(StorageError) {
            let state = try changing { (core) throws(StorageError) in
                try core.replace(request, settings)
            }
            let rule = state.epochs.last?.rule
            let released = Set(rule?.released ?? [])
            return InitializeAnswer(
                mechanisms: request.attributes.isEmpty ? [] : granted,
                withheld: request.attributes.filter {
                    !released.contains(AttributeNames.canonical($0, in: schema))
                }, transactionID: TransactionID(state.start))
        } catch {
            return try answering { () throws(StorageError) in throw error }
        }
    }

    private mutating func replace(
        _ request: InitializeRequest, _ settings: ServiceProviderSettings
    ) throws(StorageError) -> ServiceProviderState {
        var state = ServiceProviderState(entityID: settings.entityID)
        state.mechanisms = request.mechanisms
        state.attributes = request.attributes
        state.subject = request.subject
        state.start = journal.last
        state.confirmed = journal.last
        if !state.attributes.isEmpty {
            state.epochs = [.init(from: journal.last, rule: rule(for: state, settings))]
        }
        let old = providers[settings.entityID]?.state.files ?? []
        try store(state)
        removeFiles(old)
        return state
    }

    private func check(_ request: InitializeRequest) throws(Refusal) {
        guard request.attributes.count <= CallCoding.maximumAttributes, request.mechanisms.count <= 100,
            request.mechanisms.allSatisfy({ $0.utf8.count <= 100 })
        else {
            throw Refusal(
                .badRequest, "expected at most \(CallCoding.maximumAttributes) attributes and 100 mechanisms")
        }
        for name in request.attributes {
            guard AttributeNames.isDescription(AttributeNames.canonical(name, in: schema)) else {
                throw Refusal(.badRequest, "\"attributes\": expected names or OIDs of at most 256 octets")
            }
        }
        guard let subject = request.subject.map({ AttributeNames.canonical($0, in: schema) }) else { return }
        let offered = ([settings.subject] + settings.subjects).map { AttributeNames.canonical($0, in: schema) }
        guard offered.contains(subject) else {
            throw Refusal(
                .methodNotAllowed, "\"subject\": people are named by \(offered.joined(separator: " or ")) here")
        }
    }

    /// Removes prepared files that nothing names any more. What stays behind is removed at the next start.
    func removeFiles(_ old: [PreparedFile]) {
        for file in old { try? files.remove(layout.prepared + "/" + file.name) }
    }
}

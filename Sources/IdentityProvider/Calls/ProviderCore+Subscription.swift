import CommonInterface
import Credentials
import Storage

extension ProviderCore {
    /// `subscription`: begins or ends pushes.
    mutating func subscription(
        _ request: SubscriptionRequest, from caller: EntityID, now: Int64
    ) throws(Refusal) -> PositionAnswer {
        try settleForCall()
        let provider = try initialized(request.entityID, caller: caller, for: .subscription)
        try refuseBusy(caller, now: now)
        var state = provider.state
        let position: UInt64
        switch request.action {
        case .unsubscribe:
            position = state.subscription?.delivered ?? journal.last
            state.subscription = nil
        case .subscribe:
            guard let listener = request.listener.flatMap({ ListenerURL($0) }) else {
                throw Refusal(.badRequest, "\"listener\": expected an https URL")
            }
            guard let id = request.transactionID else { throw Refusal(.badRequest, "\"transactionID\" is missing") }
            try refuseExpired(id.value, of: state)
            position = id.value
            state.subscription = .init(listener: listener.text, delivered: id.value)
        }
        if state != provider.state { try storeForCall(state) }
        return PositionAnswer(transactionID: TransactionID(position))
    }

    /// `reset`: deletes what is prepared; what a changelog held counts as retrieved.
    mutating func reset(_ request: ResetRequest, from caller: EntityID, now: Int64) throws(Refusal) -> EmptyAnswer {
        _ = try settings(of: request.entityID, caller: caller)
        try settleForCall()
        try refuseBusy(caller, now: now)
        guard var state = providers[caller]?.state, state.isInitialized else {
            throw Refusal(.methodNotAllowed, "call initialize first, with the attributes wanted")
        }
        let old = state.files
        state.confirmed = max(state.confirmed, state.offered ?? 0)
        state.offered = nil
        state.snapshot = nil
        state.changelog = nil
        try storeForCall(state)
        removeFiles(old)
        return EmptyAnswer()
    }

    /// A prepared file by the token in its URL.
    ///
    /// - Throws: `notFound` for a token that is not this service provider's, whoever's it is, and after the deadline.
    func file(_ token: String, from caller: EntityID, now: Int64) throws(Refusal) -> (file: PreparedFile, path: String)
    {
        let known = providers[caller]?.state.files ?? []
        for file in known where file.deadline > now && isSame(file.token, token) {
            return (file, layout.prepared + "/" + file.name)
        }
        throw Refusal(.notFound, "there is no such file for \(caller), or its deadline has passed")
    }

    /// Deletes files whose deadline has passed, and a changelog that was fetched whole.
    mutating func removeFiles(now: Int64, fetched: String? = nil) throws(StorageError) {
        try changing { (core) throws(StorageError) in
            for (_, provider) in core.providers {
                func isOver(_ file: PreparedFile) -> Bool {
                    file.deadline <= now || file.mechanism == .changelog && file.token == fetched
                }
                let old = provider.state.files.filter(isOver)
                guard !old.isEmpty else { continue }
                var state = provider.state
                if state.snapshot.map(isOver) == true { state.snapshot = nil }
                if state.changelog.map(isOver) == true { state.changelog = nil }
                try core.store(state)
                core.removeFiles(old)
            }
        }
    }

    private func isSame(_ one: String, _ other: String) -> Bool {
        LibCrypto.isEqualInConstantTime(one.utf8.span, other.utf8.span)
    }

    private mutating func storeForCall(_ state: ServiceProviderState) throws(Refusal) {
        do throws(StorageError) {
            try changing { (core) throws(StorageError) in try core.store(state) }
        } catch {
            try answering { () throws(StorageError) in throw error }
        }
    }
}

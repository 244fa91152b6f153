public import CommonInterface
public import EventLog
import HTTP
public import Storage
public import Transport

/// An identity provider's agent that is called over HTTPS, as ARCHITECTURE.md describes it: each side knows the other by its key.
public final class ProviderAgent: IdentitySource {
    /// Who it is.
    public let entityID: EntityID

    let settings: IdentityProviderSettings
    let own: ServiceProviderIdentity
    /// Where files are fetched to.
    let directory: String
    let files: any FileSystem
    let log: EventLog
    let limits: ProviderAgentLimits
    let client: HTTPClient

    /// An agent that has not called yet.
    ///
    /// - Parameters:
    ///   - directory: the data directory; files are fetched to `feed` below it, which the controller makes.
    /// - Throws: where our certificate or key cannot be used, or the provider has no key.
    public init(
        settings: IdentityProviderSettings, own: ServiceProviderIdentity, directory: String,
        files: any FileSystem = DiskFileSystem(), log: EventLog, limits: ProviderAgentLimits = ProviderAgentLimits()
    ) throws(TLSConfigurationError) {
        entityID = settings.entityID
        self.settings = settings
        self.own = own
        self.directory = directory + "/feed"
        self.files = files
        self.log = log
        self.limits = limits
        var tls = TLSClientContext.Settings()
        tls.certificate = own.certificate
        tls.key = own.key
        tls.pinnedPublicKeys = settings.keys.map(\.digest)
        tls.verification = .pinnedKey
        var client = HTTPClient.Settings()
        client.tls = try TLSClientContext(tls)
        self.client = HTTPClient(client)
    }

    /// See `IdentitySource`.
    public func initialize() throws(SourceFailure) -> [String] {
        let wanted = mechanisms
        let request = InitializeRequest(
            entityID: own.entityID, mechanisms: wanted, attributes: attributes, subject: settings.mapping.subject)
        let answer = try call(.initialize, request, InitializeAnswer.self)
        if let missing = wanted.first(where: { !answer.mechanisms.contains($0) }) {
            throw SourceFailure(
                .permanent,
                "\(entityID) does not offer \(missing.rawValue) to \(own.entityID), which is needed to follow it by "
                    + settings.update.rawValue)
        }
        return answer.withheld
    }

    /// What is used of it. Lost pushes are looked for in the changelog.
    private var mechanisms: [Mechanism] {
        switch settings.update {
        case .snapshot: [.snapshot]
        case .changelog: [.snapshot, .changelog]
        case .subscription: [.snapshot, .changelog, .subscription]
        }
    }

    /// The attributes wanted, and those that entries cannot be made without.
    private var attributes: [String] {
        let needed = [settings.mapping.rdn] + (settings.mapping.subject.map { [$0] } ?? [])
        var all = settings.attributes
        for name in needed where !all.contains(where: { $0.lowercased() == name.lowercased() }) { all.append(name) }
        return all
    }

    /// See `IdentitySource`.
    public func snapshot() throws(SourceFailure) -> FetchedFile {
        let request = SnapshotRequest(entityID: own.entityID)
        let answer = try call(.snapshot, request, PreparedAnswer.self, timeout: limits.preparation)
        return try fetch(answer, .snapshot)
    }

    /// See `IdentitySource`.
    public func changelog(after position: TransactionID) throws(SourceFailure) -> FetchedFile {
        let request = ChangelogRequest(entityID: own.entityID, transactionID: position)
        let answer = try call(.changelog, request, PreparedAnswer.self, timeout: limits.preparation)
        guard answer.transactionID >= position else {
            throw untrue("asked for what follows \(position), it offers what leads to \(answer.transactionID)")
        }
        if answer.records == 0 { return FetchedFile(path: "", position: answer.transactionID, records: 0) }
        return try fetch(answer, .changelog)
    }

    /// See `IdentitySource`.
    public func subscribe(after position: TransactionID) throws(SourceFailure) {
        guard let listener = own.listenerURL else {
            throw SourceFailure(
                .permanent, "a subscription needs serviceProvider.listener, where \(entityID) can push to")
        }
        let request = SubscriptionRequest(
            entityID: own.entityID, action: .subscribe, listener: listener, transactionID: position)
        let answer = try call(.subscription, request, PositionAnswer.self)
        guard answer.transactionID == position else {
            throw untrue("asked for pushes of what follows \(position), it names \(answer.transactionID)")
        }
    }

    /// See `IdentitySource`.
    public func unsubscribe() throws(SourceFailure) {
        let request = SubscriptionRequest(entityID: own.entityID, action: .unsubscribe)
        _ = try call(.subscription, request, PositionAnswer.self)
    }

    /// An answer that cannot be right. Asking again soon would not help.
    func untrue(_ reason: String) -> SourceFailure { SourceFailure(.permanent, "\(entityID): \(reason)") }
}

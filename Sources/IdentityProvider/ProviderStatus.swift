import CommonInterface
public import Storage

/// What a data directory says of itself, read beside whoever uses it, and what who uses it adds: `peoplefeed status`.
public struct ProviderStatus: Codable, Sendable {
    /// A service provider's state.
    public struct Provider: Codable, Sendable {
        /// Who it is.
        public let entityID: String
        /// The mechanisms and the number of attributes that it initialized with.
        public let mechanisms: [String]
        /// See `mechanisms`.
        public let attributes: Int
        /// The last transaction that it is known to have.
        public let transactionID: String
        /// Where its changes are pushed to.
        public let listener: String?
        /// Transactions after its last one, whether or not they concern it.
        public let behind: UInt64
        /// Files that wait for it, and until when.
        public let files: [String]
        /// How pushing to it goes, where that fails and a server was asked.
        public var push: PushReport?
    }

    /// The last transaction of the journal.
    public let lastTransactionID: String
    /// What was pruned ends with this one.
    public let prunedTransactionID: String
    /// Octets of the journal.
    public let journalOctets: Int
    /// Service providers that called, by entityID.
    public private(set) var providers: [Provider]

    /// Reads a data directory.
    ///
    /// - Throws: `.damaged` where a file is not as it was written, the system's error where there is none.
    public init(directory: String, files: any FileSystem = DiskFileSystem()) throws(StorageError) {
        let layout = DataLayout(directory)
        let path = layout.journal + "/manifest"
        guard let manifest = JournalManifest(try files.contents(of: path, limit: 64 << 20)) else {
            throw .damaged(path, at: 0, section: "manifest", "it is not as it was written")
        }
        var found: [Provider] = []
        for name in try files.list(layout.providers) where name.hasSuffix(".state") {
            let path = layout.providers + "/" + name
            guard
                let state = ServiceProviderState(
                    try files.contents(of: path, limit: ServiceProviderState.maximumLength))
            else { throw .damaged(path, at: 0, section: "service provider", "it is not as it was written") }
            found.append(Self.provider(state, last: manifest.last))
        }
        lastTransactionID = String(manifest.last)
        prunedTransactionID = String(manifest.pruned)
        journalOctets = manifest.segments.reduce(0) { $0 + $1.length }
        providers = found.sorted { $0.entityID < $1.entityID }
    }

    /// The status of a data directory that `provider` uses.
    public init(of provider: IdentityProvider) throws(StorageError) {
        self = try ProviderStatus(directory: provider.layout.directory, files: provider.files)
        let reports = provider.pushReports
        for index in providers.indices {
            providers[index].push = EntityID(providers[index].entityID).flatMap { reports[$0] }
        }
    }

    private static func provider(_ state: ServiceProviderState, last: UInt64) -> Provider {
        let position = max(state.confirmed, state.subscription?.delivered ?? 0)
        return Provider(
            entityID: state.entityID.text, mechanisms: state.mechanisms, attributes: state.attributes.count,
            transactionID: String(position), listener: state.subscription?.listener,
            behind: last - min(position, last),
            files: state.files.map { "\($0.mechanism.rawValue) until \(CivilTime.rfc3339(seconds: $0.deadline))" })
    }
}

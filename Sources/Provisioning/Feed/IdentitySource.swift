public import CommonInterface

/// Somewhere that people come from. Each kind is a folder of its own beside `ProviderAgent`, and nothing else knows it.
///
/// Calls may take long, and are made on the thread that follows the source; they retry nothing: who calls does.
public protocol IdentitySource: AnyObject, Sendable {
    /// Who it is.
    var entityID: EntityID { get }
    /// Says what is wanted from now on. Called before anything else, after a reload, and where the source has forgotten.
    /// - Returns: of the attributes wanted, those that policy holds back.
    func initialize() throws(SourceFailure) -> [String]
    /// Fetches everybody, as of one transaction.
    func snapshot() throws(SourceFailure) -> FetchedFile
    /// Fetches what changed after a transaction.
    func changelog(after position: TransactionID) throws(SourceFailure) -> FetchedFile
    /// Has what changes after a transaction pushed to us.
    func subscribe(after position: TransactionID) throws(SourceFailure)
    /// Has nothing pushed any more.
    func unsubscribe() throws(SourceFailure)
}

/// What a source has sent, whole and verified, in a private file. Whoever was given it removes the file.
public struct FetchedFile: Sendable, Equatable {
    /// The file: a snapshot's content records or a changelog's entries.
    public var path: String
    /// Where we stand once it is applied.
    public var position: TransactionID
    /// How many records it should have, where the source says.
    public var records: Int?

    /// A file.
    public init(path: String, position: TransactionID, records: Int?) {
        self.path = path
        self.position = position
        self.records = records
    }
}

/// Why a call of a source came to nothing.
public struct SourceFailure: Error, Sendable, Equatable, CustomStringConvertible {
    /// What to do about it.
    public enum Kind: Sendable, Equatable {
        /// Try again: it was not reached, is busy, or broke off.
        case transient
        /// What we asked to go on from is gone: a snapshot is due.
        case expired
        /// The source does not know us as we know it: `initialize` is due.
        case uninitialized
        /// It will not work without somebody's doing: a key, a policy, a file that is no LDIF.
        case permanent
        /// We could not store what came.
        case local
    }

    /// What to do about it.
    public let kind: Kind
    /// What was called and what went wrong, for people.
    public let description: String
    /// Seconds to wait at least, where the source says.
    public let retryAfter: Int?

    /// A failure.
    public init(_ kind: Kind, _ description: String, retryAfter: Int? = nil) {
        self.kind = kind
        self.description = description
        self.retryAfter = retryAfter
    }
}

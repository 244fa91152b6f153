public import Storage

/// Where transactions are kept: one ascending journal, however many service providers there are. A store that several machines
/// share would be another type of this protocol.
///
/// Written by one owner. When a call throws, nothing is known of what was not committed: call `recover` before anything else.
public protocol JournalStore: AnyObject {
    /// The last committed transaction; 0 before the first.
    var last: UInt64 { get }
    /// The last transaction that was appended, committed or not.
    var appended: UInt64 { get }
    /// The transaction after which everything is still here: what was pruned ends with it.
    var pruned: UInt64 { get }
    /// Adds an entry, to be committed with others. Its ID must follow the one before.
    func append(_ entry: JournalEntry) throws(StorageError)
    /// Makes all that was appended durable, in one step: after a crash all of it is there or none.
    func commit() throws(StorageError)
    /// Goes back to what is committed.
    func recover() throws(StorageError)
    /// What is committed now, to be read while more is appended.
    func committed() -> any JournalView
    /// Drops the oldest entries: those before `time` (seconds since 1970) and those above `octets` in all, but none after `limit`.
    /// As much as is convenient may be kept.
    func prune(before time: Int64, octets: Int, limit: UInt64) throws(StorageError)
    /// The last entry that `prune` would drop if none were needed; nil where it would drop nothing.
    func prunable(before time: Int64, octets: Int) -> UInt64?
    /// Octets that the journal takes.
    var size: Int { get }
}

/// The committed entries of one moment.
public protocol JournalView: Sendable {
    /// The last one.
    var last: UInt64 { get }
    /// Calls `body` with each entry after `id`, in order, until it returns false.
    func read(after id: UInt64, _ body: (JournalEntry) throws(StorageError) -> Bool) throws(StorageError)
}

import CommonInterface
import Storage

/// The changes of one service provider after a transaction, in order, each naming the one before it.
struct PendingChanges {
    let journal: any JournalView
    let history: ReleaseHistory
    let after: UInt64

    /// Calls `body` with each change until it returns false: that one is not delivered.
    ///
    /// - Returns: the transaction up to which everything was delivered: the last one in the journal where `body` took all,
    ///   for what is behind the last change does not concern this service provider.
    mutating func read(_ body: (IdentityChange) -> Bool) throws(PreparationFailure) -> UInt64 {
        var delivered = after
        var isComplete = true
        var isDamaged = false
        let history = history
        do throws(StorageError) {
            try journal.read(after: after) { (entry) throws(StorageError) in
                let relative: RelativeChange?
                do throws(DamagedEntry) { relative = try history.change(of: entry) } catch {
                    isDamaged = true
                    return false
                }
                guard let relative else { return true }
                guard body(relative.change(id: entry.id, previous: delivered, time: entry.time)) else {
                    isComplete = false
                    return false
                }
                delivered = entry.id
                return true
            }
        } catch {
            throw .storage(error)
        }
        if isDamaged { throw .damaged }
        return isComplete ? journal.last : delivered
    }
}

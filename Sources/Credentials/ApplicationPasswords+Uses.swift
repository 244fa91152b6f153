import Synchronization

/// Last uses that are not written yet.
struct ApplicationPasswordUses {
    struct Key: Hashable {
        let entry: EntryUUID
        let id: ApplicationPassword.ID
    }

    var pending: [Key: Int64] = [:]
}

extension ApplicationPasswords {
    /// Notes that a password was used, in memory.
    ///
    /// - Parameter now: seconds since 1970.
    public func noteUse(of id: ApplicationPassword.ID, of entry: EntryUUID, at now: Int64) {
        uses.withLock { $0.pending[.init(entry: entry, id: id)] = now }
    }

    /// When a password was last used, as far as it is written, in seconds since 1970.
    public func lastUses() throws(ApplicationPasswordError) -> [EntryUUID: [ApplicationPassword.ID: Int64]] {
        [:]
    }

    /// Writes the uses noted since the last time. For a thread that may wait, every minute or so.
    public func writeUses() throws(ApplicationPasswordError) {}
}

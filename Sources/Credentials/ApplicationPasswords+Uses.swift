import Storage
import Synchronization

/// When a person's application passwords were last used, in seconds since 1970.
public typealias LastUses = [EntryUUID: [ApplicationPassword.ID: Int64]]

/// Last uses are noted in memory and written every minute or so, to one file of their own: a bind writes nothing, a crash loses
/// no more than the last minute of them, and damage to them no password.
extension ApplicationPasswords {
    private static let title = "peopled last uses of application passwords 1"
    /// Octets: a million passwords.
    private static let maximumSize = 64 << 20

    var usesPath: String { register + "/application-password-uses" }

    /// Notes that a password was used, in memory.
    ///
    /// - Parameter now: seconds since 1970.
    public func noteUse(of id: ApplicationPassword.ID, of entry: EntryUUID, at now: Int64) {
        uses.withLock { Self.note(id, entry, now, in: &$0) }
    }

    /// The last uses that were written.
    ///
    /// - Throws: `.damaged` where the file is not as it was written, which the next `writeUses` puts right, with what it has.
    public func lastUses() throws(ApplicationPasswordError) -> LastUses {
        do throws(StorageError) {
            guard try files.status(of: usesPath) != nil else { return [:] }
            let octets = try files.contents(of: usesPath, limit: Self.maximumSize)
            if let uses = Self.read(octets) { return uses }
        } catch {
            guard !error.isNotFound else { return [:] }
            throw ApplicationPasswordError(error)
        }
        throw ApplicationPasswordError(
            .damaged,
            "\(usesPath) is damaged: its checksum or form is wrong; remove it, which forgets the last uses only")
    }

    /// Writes the uses noted since the last time, durably. For a thread that may wait. What could not be written is kept for the
    /// next time; so it is, without an error, while another process changes the store.
    public func writeUses() throws(ApplicationPasswordError) {
        let noted = uses.withLock { uses in
            defer { uses = [:] }
            return uses
        }
        guard !noted.isEmpty else { return }
        do throws(ApplicationPasswordError) {
            try change { () throws(ApplicationPasswordError) in
                var all = (try? lastUses()) ?? [:]
                for (entry, times) in noted { for (id, time) in times { Self.note(id, entry, time, in: &all) } }
                try writeUses(all)
            }
        } catch {
            uses.withLock { uses in
                for (entry, times) in noted { for (id, time) in times { Self.note(id, entry, time, in: &uses) } }
            }
            if error.code != .locked { throw error }
        }
    }

    /// Forgets the uses of passwords that were revoked. If that fails they stay, and stand for nothing.
    func forgetUses(of revoked: [ApplicationPassword], of entry: EntryUUID) {
        guard var all = try? lastUses(), all[entry] != nil else { return }
        for password in revoked { all[entry]?[password.id] = nil }
        if all[entry]?.isEmpty == true { all[entry] = nil }
        try? writeUses(all)
    }

    private func writeUses(_ all: LastUses) throws(ApplicationPasswordError) {
        let lines = all.flatMap { entry, times in times.map { "\(entry) \($0.key) \($0.value)" } }.sorted()
        do throws(StorageError) {
            try files.replace(usesPath, with: ChecksummedText.make(Self.title, lines).span)
        } catch {
            throw ApplicationPasswordError(error)
        }
    }

    private static func note(
        _ id: ApplicationPassword.ID, _ entry: EntryUUID, _ time: Int64, in uses: inout LastUses
    ) {
        let known = uses[entry]?[id] ?? .min
        uses[entry, default: [:]][id] = max(known, time)
    }

    private static func read(_ octets: [UInt8]) -> LastUses? {
        guard let lines = ChecksummedText.lines(of: octets, title: title) else { return nil }
        var uses: LastUses = [:]
        for line in lines {
            let fields = line.split(separator: " ", omittingEmptySubsequences: false)
            guard fields.count == 3, let entry = EntryUUID(String(fields[0])),
                let id = ApplicationPassword.ID(String(fields[1])), let time = Int64(fields[2])
            else { return nil }
            note(id, entry, time, in: &uses)
        }
        return uses
    }
}

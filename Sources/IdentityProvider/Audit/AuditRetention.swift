import CommonInterface
import Storage

/// How long the audit log is kept: its files, one a day, go from the oldest end by age and by size. Today's stays.
struct AuditRetention: Sendable {
    let directory: String
    let files: any FileSystem
    let now: Int64
    let lifetime: Int64
    let octets: Int

    /// Removes what is due.
    func prune() throws(StorageError) {
        guard try files.status(of: directory)?.isDirectory == true else { return }
        let today = name(of: now)
        let oldest = name(of: max(0, now - max(0, lifetime)))
        var days: [(name: String, size: Int)] = []
        for name in try files.list(directory).sorted() where name.hasSuffix(".log") && name.count == today.count {
            days.append((name, try files.status(of: directory + "/" + name)?.size ?? 0))
        }
        var left = days.reduce(0) { $0 + $1.size }
        for day in days where day.name < today && (day.name < oldest || left > octets) {
            try files.remove(directory + "/" + day.name)
            left -= day.size
        }
    }

    private func name(of seconds: Int64) -> String { AuditLog.name(ofDay: seconds) }
}

extension ProviderCore {
    /// The retention that holds now.
    func auditRetention(now: Int64) -> AuditRetention {
        AuditRetention(
            directory: layout.audit, files: files, now: now, lifetime: settings.auditLifetime,
            octets: settings.auditLimit)
    }
}

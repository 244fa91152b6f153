/// The binds of a reactor's connections that wait for failed ones before them. A timer holds them, not a thread.
struct DelayedBinds {
    /// A bind that waits.
    struct Entry {
        let due: UInt64
        let connection: UInt64
        let attempt: BindAttempt
        let step: BindStep
    }

    /// The most that wait on one reactor.
    static let capacity = 4096

    private var entries: [Entry] = []

    /// Has a bind wait; false where too many do already.
    mutating func add(_ entry: Entry) -> Bool {
        guard entries.count < Self.capacity else { return false }
        entries.append(entry)
        return true
    }

    /// Takes out those whose time has come, the earliest first.
    mutating func takeDue(now: UInt64) -> [Entry] {
        guard entries.contains(where: { $0.due <= now }) else { return [] }
        let due = entries.filter { $0.due <= now }
        entries.removeAll { $0.due <= now }
        return due.sorted { $0.due < $1.due }
    }
}

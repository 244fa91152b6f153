import AttributeIndex
import Directory

/// The states of the directory that paged searches of this reactor's connections go on from: a page must see what the
/// pages before it saw. Kept for a limited time, and so many a connection: a search whose state is gone is told so.
struct PageStates {
    private struct State {
        let view: DirectoryView
        var expiry: UInt64
    }

    private let lifetime: UInt64
    private let perConnection: Int
    /// By connection, so that many of them do not make each slower; in the order of use, the latest last.
    private var states: [UInt64: [State]] = [:]

    init(lifetime: UInt64, perConnection: Int) {
        self.lifetime = lifetime
        self.perConnection = perConnection
    }

    /// How many are kept.
    var count: Int { states.values.reduce(0) { $0 + $1.count } }

    /// Keeps `view` for `connection`, anew if it is kept already; the connection's oldest goes where it has too many.
    mutating func keep(_ view: DirectoryView, for connection: UInt64, now: UInt64) {
        var kept = states[connection] ?? []
        kept.removeAll { $0.view.generation.sequence == view.generation.sequence }
        if kept.count >= max(1, perConnection) { kept.removeFirst() }
        kept.append(State(view: view, expiry: now + lifetime))
        states[connection] = kept
    }

    /// The state with the number `sequence` that is kept for `connection`.
    func view(_ sequence: UInt64, of connection: UInt64) -> DirectoryView? {
        states[connection]?.last { $0.view.generation.sequence == sequence }?.view
    }

    /// Whether anything is kept for a connection.
    func holds(connection: UInt64) -> Bool { states[connection] != nil }

    /// Lets go of what is kept for a connection that is over.
    mutating func forget(connection: UInt64) {
        if !states.isEmpty { states[connection] = nil }
    }

    /// Lets go of what nobody came back for.
    mutating func expire(now: UInt64) {
        guard states.values.contains(where: { $0.contains { $0.expiry <= now } }) else { return }
        states = states.compactMapValues { kept in
            let rest = kept.filter { $0.expiry > now }
            return rest.isEmpty ? nil : rest
        }
    }
}

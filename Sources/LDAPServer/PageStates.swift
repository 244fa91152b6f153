import AttributeIndex
import Directory

/// The states of the directory that paged searches of this reactor's connections go on from: a page must see what the
/// pages before it saw. Kept for a limited time, and so many a connection: a search whose state is gone is told so.
struct PageStates {
    private struct State {
        let connection: UInt64
        let view: DirectoryView
        var expiry: UInt64
    }

    private let lifetime: UInt64
    private let perConnection: Int
    /// In the order of use, the latest last.
    private var states: [State] = []

    init(lifetime: UInt64, perConnection: Int) {
        self.lifetime = lifetime
        self.perConnection = perConnection
    }

    /// How many are kept.
    var count: Int { states.count }

    /// Keeps `view` for `connection`, anew if it is kept already; the connection's oldest goes where it has too many.
    mutating func keep(_ view: DirectoryView, for connection: UInt64, now: UInt64) {
        states.removeAll { $0.connection == connection && $0.view.generation.sequence == view.generation.sequence }
        if states.count(where: { $0.connection == connection }) >= perConnection,
            let oldest = states.firstIndex(where: { $0.connection == connection })
        {
            states.remove(at: oldest)
        }
        states.append(State(connection: connection, view: view, expiry: now + lifetime))
    }

    /// The state with the number `sequence` that is kept for `connection`.
    func view(_ sequence: UInt64, of connection: UInt64) -> DirectoryView? {
        states.last { $0.connection == connection && $0.view.generation.sequence == sequence }?.view
    }

    /// Whether anything is kept for a connection.
    func holds(connection: UInt64) -> Bool { states.contains { $0.connection == connection } }

    /// Lets go of what is kept for a connection that is over.
    mutating func forget(connection: UInt64) {
        if !states.isEmpty { states.removeAll { $0.connection == connection } }
    }

    /// Lets go of what nobody came back for.
    mutating func expire(now: UInt64) {
        if !states.isEmpty { states.removeAll { $0.expiry <= now } }
    }
}

public import Synchronization

/// The server's log: one line an event, `key=value` or JSON, to a descriptor (standard error).
///
/// Any thread may log. A line is at most `maximumLineLength` octets and written whole. Control characters in values are
/// escaped, so that what a client sends can neither forge a line nor command a terminal. Keys and event names are
/// literals of the source, never outside data. Passwords and attribute values do not belong in a log: callers name the
/// entry, the attribute or the connection instead.
///
/// Where the reader of the log is slow, lines wait in a bounded backlog and are then dropped and counted (`log-dropped`):
/// a full pipe never stalls a caller for longer than one `poll`.
public final class EventLog: Sendable {
    /// How much an event matters; the log keeps its own level and everything above it.
    @frozen
    public enum Level: Int, Sendable, CaseIterable {
        case error, warning, info, debug

        /// The level called `name` ("error", "warning", "info", "debug"), or nil.
        public init?(name: String) {
            guard let level = Level.allCases.first(where: { $0.name == name }) else { return nil }
            self = level
        }

        /// The name in configuration and in the log.
        public var name: String {
            switch self {
            case .error: "error"
            case .warning: "warning"
            case .info: "info"
            case .debug: "debug"
            }
        }
    }

    /// How a line is written.
    public enum Format: String, Sendable, CaseIterable {
        /// `time=… level=… event=… key=value`, for people.
        case text
        /// One JSON object a line, for machines.
        case json
    }

    /// A line's limit in octets, its newline included: PIPE_BUF, so that a write is whole or not done at all.
    public static let maximumLineLength = 4096

    /// A value's limit in octets before escaping; what is longer is cut and ends with "…".
    public static let maximumValueLength = 512

    /// Lines kept while the descriptor takes none.
    public static let maximumBacklog = 256

    /// Less than every level.
    private static let silence = -1

    private struct State {
        var backlog: [[UInt8]] = []
        var dropped = 0
    }

    private let state = Mutex(State())
    /// The level's raw value; below every level's where there is no descriptor.
    @usableFromInline
    let currentLevel: Atomic<Int>
    private let format: Format
    private let descriptor: Int32?

    /// A log that writes to `descriptor`, which stays the caller's; nil writes nothing.
    public init(level: Level = .info, format: Format = .text, descriptor: Int32? = 2) {
        currentLevel = Atomic(descriptor == nil ? Self.silence : level.rawValue)
        self.format = format
        self.descriptor = descriptor
    }

    /// A log that writes nothing.
    public static let silent = EventLog(level: .error, descriptor: nil)

    /// The level from which events are written; may be changed at any time.
    public var level: Level {
        get { Level(rawValue: currentLevel.load(ordering: .relaxed)) ?? .info }
        set { if descriptor != nil { currentLevel.store(newValue.rawValue, ordering: .relaxed) } }
    }

    /// Whether an event of `level` would be written.
    @inlinable @inline(__always)
    public func isEnabled(_ level: Level) -> Bool {
        level.rawValue <= currentLevel.load(ordering: .relaxed)
    }

    /// Writes one event; `fields` is evaluated only if it is, and where it is not this costs a load and a comparison.
    @inlinable @inline(__always)
    public func log(
        _ level: Level, _ event: StaticString,
        _ fields: @autoclosure () -> KeyValuePairs<StaticString, any LogValue> = [:]
    ) {
        if isEnabled(level) { write(level, event, fields()) }
    }

    @usableFromInline @inline(never)
    func write(_ level: Level, _ event: StaticString, _ fields: KeyValuePairs<StaticString, any LogValue>) {
        let line = EventLine.encode(time: Timestamp.now(), level: level, event: event, fields: fields, format: format)
        state.withLock { write(line, state: &$0) }
    }

    /// Writes what waits, giving the reader up to `milliseconds`; for the end of the process.
    public func flush(milliseconds: Int32 = 500) {
        state.withLock { drain(&$0, milliseconds: milliseconds) }
    }

    private func write(_ line: [UInt8], state: inout State) {
        drain(&state, milliseconds: 0)
        if state.backlog.isEmpty, put(line, milliseconds: 0) { return }
        if state.backlog.count < Self.maximumBacklog {
            state.backlog.append(line)
        } else {
            state.dropped += 1
        }
    }

    private func drain(_ state: inout State, milliseconds: Int32) {
        guard !state.backlog.isEmpty || state.dropped > 0 else { return }
        var written = 0
        while written < state.backlog.count, put(state.backlog[written], milliseconds: milliseconds) { written += 1 }
        state.backlog.removeFirst(written)
        guard state.backlog.isEmpty, state.dropped > 0 else { return }
        let notice = EventLine.encode(
            time: Timestamp.now(), level: .warning, event: "log-dropped", fields: ["lines": state.dropped],
            format: format)
        if put(notice, milliseconds: milliseconds) { state.dropped = 0 }
    }

    private func put(_ line: [UInt8], milliseconds: Int32) -> Bool {
        guard let descriptor, waitUntilWritable(descriptor, milliseconds: milliseconds) else { return false }
        return writeLine(line, to: descriptor)
    }
}

import Storage

/// The two files of the change events: `newest.jsonl`, which is appended to, and `older.jsonl`, which it becomes when it is full.
struct ChangeEventFiles {
    private let newest: String
    private let older: String
    private let directory: String
    private let files: any FileSystem
    private let limit: Int
    /// The file that is appended to; nil until something is, and after a failure, when nothing is known of its end.
    private var file: (any File)?
    /// Octets of it that are whole lines.
    private var size = 0
    /// The number of the last event that there is.
    private(set) var last: UInt64
    /// The last lines without their ends: those who follow what happens ask for these, again and again.
    private var recent: [Line] = []

    private struct Line {
        let number: UInt64
        let octets: [UInt8]
    }

    private static let maximumRecent = 1024

    init(directory: String, files: any FileSystem, limit: Int) throws(StorageError) {
        self.directory = directory
        newest = directory + "/newest.jsonl"
        older = directory + "/older.jsonl"
        self.files = files
        self.limit = limit
        last = 0
        try files.makeDirectory(directory)
        try open()
        last = max(Self.lastNumber(in: contents(newest)), Self.lastNumber(in: contents(older)))
    }

    /// Opens the newest file behind its last whole line, and cuts off what a kill has left there.
    private mutating func open() throws(StorageError) {
        guard try files.status(of: newest) != nil else {
            file = try files.open(newest, .create)
            size = 0
            return
        }
        let opened = try files.open(newest, .update)
        let octets = contents(newest)
        size = octets.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        if try opened.size() > size { try opened.truncate(to: size) }
        file = opened
    }

    // MARK: - Writing

    /// Appends events. After a failure those that are in the file count, and the rest is lost.
    mutating func append(_ events: [ChangeEvent]) throws(StorageError) {
        var lines: [UInt8] = []
        for event in events {
            ChangeEventLine.append(event, to: &lines)
            if size + lines.count >= limit { try write(&lines) }
        }
        try write(&lines)
        last = events.last?.number ?? last
        remember(events)
    }

    private mutating func remember(_ events: [ChangeEvent]) {
        for event in events.suffix(Self.maximumRecent) {
            var line: [UInt8] = []
            ChangeEventLine.append(event, to: &line)
            recent.append(Line(number: event.number, octets: line.dropLast()))
        }
        recent.removeFirst(max(0, recent.count - Self.maximumRecent))
    }

    private mutating func write(_ lines: inout [UInt8]) throws(StorageError) {
        guard !lines.isEmpty else { return }
        do {
            if file == nil { try open() }
            try file?.write(lines.span, at: size)
            size += lines.count
            lines.removeAll(keepingCapacity: true)
            if size >= limit { try turn() }
        } catch {
            file = nil
            // What is in the file now is not known.
            recent = []
            throw error
        }
    }

    /// Begins a new file.
    private mutating func turn() throws(StorageError) {
        try file?.synchronize()
        file = nil
        try files.rename(newest, to: older)
        try files.synchronizeDirectory(directory)
        file = try files.open(newest, .create)
        size = 0
    }

    /// Makes what was appended durable, as far as that can be had.
    mutating func close() {
        try? file?.synchronize()
        file = nil
    }

    // MARK: - Reading

    /// The events that are asked for. What cannot be read is not there.
    func read(_ query: ChangeEventQuery) -> ChangeEventPage {
        var page = Page(query)
        if let after = query.after, let first = recent.first, after >= first.number &- 1 {
            for line in recent { page.take(line.octets[...], line.number) }
        } else {
            for path in [older, newest] {
                for line in contents(path).split(separator: UInt8(ascii: "\n")) {
                    if let number = ChangeEventLine.number(of: line) { page.take(line, number) }
                }
            }
        }
        return page.finished(last: last)
    }

    /// What of the events is wanted.
    private struct Page {
        private let query: ChangeEventQuery
        private var lines: [[UInt8]] = []
        private var seen: UInt64 = 0

        init(_ query: ChangeEventQuery) { self.query = query }

        mutating func take(_ line: ArraySlice<UInt8>, _ number: UInt64) {
            if let after = query.after, number <= after || lines.count == query.limit { return }
            seen = max(seen, number)
            if !query.errorsOnly || ChangeEventLine.isError(line) { lines.append(Array(line)) }
        }

        /// `last` is the number of the last event that there is.
        consuming func finished(last: UInt64) -> ChangeEventPage {
            if query.after == nil { lines.removeFirst(max(0, lines.count - query.limit)) }
            lines.removeAll { !ChangeEventLine.isWhole($0[...]) }
            return ChangeEventPage(lines: lines, last: seen > 0 ? seen : min(query.after ?? 0, last))
        }
    }

    private func contents(_ path: String) -> [UInt8] {
        // A file exceeds its limit by the lines of one turn at most.
        guard (try? files.status(of: path)) ?? nil != nil else { return [] }
        return (try? files.contents(of: path, limit: 1 << 30)) ?? []
    }

    private static func lastNumber(in octets: [UInt8]) -> UInt64 {
        var last: UInt64 = 0
        for line in octets.split(separator: UInt8(ascii: "\n")) {
            if let number = ChangeEventLine.number(of: line) { last = max(last, number) }
        }
        return last
    }
}

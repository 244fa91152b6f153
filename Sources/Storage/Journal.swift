/// How far a journal reaches: everything up to here is durable and whole. Kept outside the journal, in what names it.
public struct JournalPosition: Equatable, Sendable {
    /// Octets from the start of the file.
    public let length: Int
    /// The checksum of the last record, which covers those before it.
    public let chain: UInt32

    /// A position that was kept.
    public init(length: Int, chain: UInt32) {
        self.length = length
        self.chain = chain
    }
}

/// An append-only file of records, each framed by its length and a checksum that also covers the record before it, so that
/// no record can be lost, repeated, moved or changed unnoticed.
///
///     file   = "peopledJ" version:UInt32 number:UInt32 *record       (all little-endian)
///     record = length:UInt32 chain:UInt32 payload
///     chain  = CRC-32C(chain of the record before (number for the first), length, payload)
///
/// A journal is written by one owner; when any call of it throws, give it up and open it again at the last position that
/// was kept. What lies behind that position was never acknowledged and is cut off.
public final class Journal {
    /// The most octets a record may have.
    public static let maximumRecord = 1 << 30
    static let headerLength = 16

    /// The journal's file.
    public let path: String
    /// The end of what was appended, durable after `synchronize`.
    public private(set) var position: JournalPosition
    private let file: any File

    private init(path: String, position: JournalPosition, file: any File) {
        self.path = path
        self.position = position
        self.file = file
    }

    /// Makes an empty journal; `number` tells it from any other and is checked by every reader.
    /// The caller makes its name durable by `synchronizeDirectory`.
    public static func create(_ path: String, number: UInt32, files: any FileSystem) throws(StorageError) -> Journal {
        let file = try files.open(path, .create)
        try file.write(header(number).span, at: 0)
        return Journal(path: path, position: start(number), file: file)
    }

    /// Opens a journal to append at `position`. What lies behind is cut off; what lies before is for `read` to check.
    public static func open(
        _ path: String, at position: JournalPosition, files: any FileSystem
    ) throws(StorageError) -> Journal {
        let file = try files.open(path, .update)
        let size = try file.size()
        guard size >= position.length else { throw short(path, size, position) }
        if size > position.length {
            try file.truncate(to: position.length)
            try file.synchronize()
        }
        return Journal(path: path, position: position, file: file)
    }

    /// Adds a record.
    public func append(_ payload: Span<UInt8>) throws(StorageError) {
        guard payload.count <= Journal.maximumRecord else {
            throw StorageError(
                .outOfBounds, path: path, "a change of \(payload.count) octets is too large for a journal")
        }
        let next = Journal.chain(position.chain, payload)
        var record: [UInt8] = []
        record.reserveCapacity(8 + payload.count)
        Journal.put(UInt32(payload.count), &record)
        Journal.put(next, &record)
        for index in payload.indices { record.append(payload[index]) }
        try file.write(record.span, at: position.length)
        position = JournalPosition(length: position.length + record.count, chain: next)
    }

    /// Makes everything appended so far durable.
    public func synchronize() throws(StorageError) { try file.synchronize() }

    /// The position of an empty journal.
    public static func start(_ number: UInt32) -> JournalPosition {
        JournalPosition(length: headerLength, chain: number)
    }

    /// Calls `body` with each record from `first` to `last`. Any octet between them that is not as it was written is
    /// `.damaged`, with its offset; what lies behind `last` is not looked at.
    public static func read(
        _ path: String, number: UInt32, from first: JournalPosition, to last: JournalPosition, files: any FileSystem,
        _ body: ([UInt8]) throws(StorageError) -> Void
    ) throws(StorageError) {
        let file = try files.open(path, .read)
        let size = try file.size()
        guard size >= last.length else { throw short(path, size, last) }
        var head: [UInt8] = []
        try file.read(headerLength, at: 0, into: &head)
        guard head == header(number) else {
            throw .damaged(path, at: 0, section: "header", "it is not the header of journal \(number)")
        }
        var position = first
        while position.length < last.length {
            position = try record(file, position, last.length, body)
        }
        guard position == last else {
            throw .damaged(path, at: position.length, section: "records", "they do not end where the manifest says")
        }
    }

    private static func record(
        _ file: any File, _ start: JournalPosition, _ end: Int, _ body: ([UInt8]) throws(StorageError) -> Void
    ) throws(StorageError) -> JournalPosition {
        let path = file.path
        var frame: [UInt8] = []
        try file.read(8, at: start.length, into: &frame)
        guard frame.count == 8, end - start.length >= 8 else {
            throw .damaged(path, at: start.length, section: "records", "a record is cut short")
        }
        let count = Int(get(frame, 0))
        guard count <= end - start.length - 8 else {
            throw .damaged(path, at: start.length, section: "records", "a record is longer than the journal")
        }
        var payload: [UInt8] = []
        payload.reserveCapacity(count)
        try file.read(count, at: start.length + 8, into: &payload)
        let chain = get(frame, 4)
        guard payload.count == count, chain == Journal.chain(start.chain, payload.span) else {
            throw .damaged(path, at: start.length, section: "records", "the checksum of a record is wrong")
        }
        try body(payload)
        return JournalPosition(length: start.length + 8 + count, chain: chain)
    }

    private static func short(_ path: String, _ size: Int, _ position: JournalPosition) -> StorageError {
        .damaged(path, at: size, section: "records", "the file ends here, and \(position.length) octets were written")
    }

    private static func header(_ number: UInt32) -> [UInt8] {
        var header = Array("peopledJ".utf8)
        put(1, &header)
        put(number, &header)
        return header
    }

    private static func chain(_ previous: UInt32, _ payload: Span<UInt8>) -> UInt32 {
        var prefix: [UInt8] = []
        put(previous, &prefix)
        put(UInt32(payload.count), &prefix)
        var crc = CRC32C()
        crc.update(prefix.span)
        crc.update(payload)
        return crc.value
    }

    private static func put(_ value: UInt32, _ bytes: inout [UInt8]) {
        for shift in stride(from: UInt32(0), to: 32, by: 8) { bytes.append(UInt8(truncatingIfNeeded: value >> shift)) }
    }

    private static func get(_ bytes: [UInt8], _ offset: Int) -> UInt32 {
        (0..<4).reduce(0) { $0 | UInt32(bytes[offset + $1]) << UInt32(8 * $1) }
    }
}

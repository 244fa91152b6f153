import Storage

/// Writes a `PeopleFile`, record by record in the order of their subjects.
struct PeopleFileWriter: ~Copyable {
    private var writer: FileWriter
    private var blocks = BlockDigests()
    private var ends: [UInt64] = [0]
    private let path: String

    /// Begins a file at `path`; its name is made durable by `finish`.
    init(_ path: String, files: any FileSystem) throws(StorageError) {
        self.path = path
        writer = FileWriter(try files.open(path + ".new", .create))
    }

    /// Adds a person, who stands behind all those before.
    mutating func add(_ record: Span<UInt8>) throws(StorageError) {
        blocks.update(record)
        try writer.write(record)
        ends.append(UInt64(writer.count))
    }

    /// Ends the file, and makes it and its name durable.
    mutating func finish(asOf: UInt64, files: any FileSystem) throws(StorageError) {
        for end in ends { try put(end) }
        let covered = writer.count
        let table = blocks.table()
        try writer.write(table)
        var footer = PeopleFile.magic
        for value in [PeopleFile.version, asOf, UInt64(ends.count - 1), UInt64(covered)] {
            footer += Self.octets(value)
        }
        let crc = CRC32C.checksum(footer.span)
        footer += Self.octets(UInt64(crc)).prefix(4)
        try writer.write(footer)
        try writer.flush()
        try writer.file.synchronize()
        try files.rename(path + ".new", to: path)
        try files.synchronizeDirectory(files.directory(of: path))
    }

    private mutating func put(_ value: UInt64) throws(StorageError) {
        let octets = Self.octets(value)
        blocks.update(octets.span)
        try writer.write(octets)
    }

    private static func octets(_ value: UInt64) -> [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: value >> UInt64(8 * $0)) }
    }
}

/// The CRC-32C of each 64 KiB of a stream.
struct BlockDigests {
    private var current = CRC32C()
    private var filled = 0
    private var done: [UInt32] = []

    mutating func update(_ octets: Span<UInt8>) {
        var start = 0
        while start < octets.count {
            let end = min(octets.count, start + MappedFile.blockSize - filled)
            current.update(octets.extracting(start..<end))
            filled += end - start
            start = end
            if filled == MappedFile.blockSize { close() }
        }
    }

    /// The table as `MappedFile.withChecksums` reads it.
    mutating func table() -> [UInt8] {
        if filled > 0 { close() }
        return done.flatMap { crc in (0..<4).map { UInt8(truncatingIfNeeded: crc >> UInt32(8 * $0)) } }
    }

    private mutating func close() {
        done.append(current.value)
        current = CRC32C()
        filled = 0
    }
}

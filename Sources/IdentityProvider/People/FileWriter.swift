import Storage

/// Writes a file from its beginning, a mebibyte at a time.
struct FileWriter: ~Copyable {
    private static let length = 1 << 20

    let file: any File
    private var buffer: [UInt8] = []
    private var written = 0

    init(_ file: any File) { self.file = file }

    /// Octets written so far.
    var count: Int { written + buffer.count }

    mutating func write(_ octets: some Collection<UInt8>) throws(StorageError) {
        buffer.append(contentsOf: octets)
        if buffer.count >= Self.length { try flush() }
    }

    mutating func write(_ octets: Span<UInt8>) throws(StorageError) {
        for index in octets.indices { buffer.append(octets[index]) }
        if buffer.count >= Self.length { try flush() }
    }

    /// Hands everything to the file system; `File.synchronize` makes it durable.
    mutating func flush() throws(StorageError) {
        guard !buffer.isEmpty else { return }
        try file.write(buffer.span, at: written)
        written += buffer.count
        buffer.removeAll(keepingCapacity: true)
    }
}

/// Where an `LDIFReader` takes its octets from: a file, or an array in tests and fuzzers.
public protocol LDIFInput {
    /// Fills `buffer` from `offset` on, as far as one read goes.
    /// - Returns: the number of octets put there; 0 at the end of the input.
    mutating func read(into buffer: inout [UInt8], at offset: Int) throws(LDIFInputError) -> Int
}

/// The operating system's reason why an input could not be read, as it is put to people.
public struct LDIFInputError: Error, Sendable {
    /// The reason, for example "No such file or directory".
    public let reason: String

    /// An error with this reason.
    public init(reason: String) {
        self.reason = reason
    }
}

/// An input that is already in memory.
public struct LDIFBytes: LDIFInput {
    private let bytes: [UInt8]
    private let chunk: Int
    private var position = 0

    /// An input that hands out `bytes`, at most `chunk` octets a read: tests make it small on purpose.
    public init(_ bytes: [UInt8], chunk: Int = .max) {
        self.bytes = bytes
        self.chunk = max(1, chunk)
    }

    /// Copies the next octets into `buffer`.
    public mutating func read(into buffer: inout [UInt8], at offset: Int) throws(LDIFInputError) -> Int {
        let count = min(buffer.count - offset, bytes.count - position, chunk)
        guard count > 0 else { return 0 }
        buffer.replaceSubrange(offset..<offset + count, with: bytes[position..<position + count])
        position += count
        return count
    }
}

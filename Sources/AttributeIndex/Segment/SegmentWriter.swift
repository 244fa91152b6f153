import ReusedMemory
import Storage

/// Where a segment's octets go.
protocol SegmentSink: AnyObject {
    func append(_ octets: Span<UInt8>) throws(StorageError)
}

/// A segment that stays in memory.
final class MemorySink: SegmentSink {
    private var buffer: MemoryBuffer?

    private init(_ buffer: consuming MemoryBuffer) {
        self.buffer = consume buffer
    }

    static func open() throws(SegmentError) -> MemorySink {
        do { return MemorySink(try MemoryBuffer(capacity: MappedFile.blockSize)) } catch { throw SegmentError(error) }
    }

    func append(_ octets: Span<UInt8>) throws(StorageError) {
        try buffer?.append(octets)
    }

    /// The octets as a mapping; to be called once.
    func image(name: String) throws(SegmentError) -> SegmentImage {
        guard let full = buffer.take() else { throw SegmentError.damaged("it was sealed twice") }
        do { return SegmentImage(mapping: try full.seal(name: name)) } catch { throw SegmentError(error) }
    }
}

/// A segment that is written to a file from its start. The caller makes it durable.
final class FileSink: SegmentSink {
    private let file: any File
    private var position = 0

    init(_ file: any File) {
        self.file = file
    }

    func append(_ octets: Span<UInt8>) throws(StorageError) {
        try file.write(octets, at: position)
        position += octets.count
    }
}

/// Writes a segment from its first octet to its last: sections aligned, a checksum for every block.
struct SegmentWriter: ~Copyable {
    /// Octets that are passed on at once, and at a multiple of as many: 2 MiB, so that file systems that can keep them as one
    /// huge page, which the processor finds by one entry of its translation buffer where small pages take 512.
    private static let bufferSize = 32 * MappedFile.blockSize

    private let sink: any SegmentSink
    private var buffer: [UInt8] = []
    private var flushed = 0
    private var checksums: [UInt8] = []

    init(_ sink: any SegmentSink) throws(SegmentError) {
        self.sink = sink
        buffer.append(contentsOf: SegmentFormat.magic)
        buffer.append(littleEndian: SegmentFormat.version)
        buffer.append(littleEndian: UInt32(0))
    }

    /// Octets written so far.
    var position: Int { flushed + buffer.count }

    @inline(__always)
    mutating func append(_ octets: Span<UInt8>) throws(SegmentError) {
        buffer.append(copying: octets)
        if buffer.count >= SegmentWriter.bufferSize { try flush(all: false) }
    }

    mutating func append(_ octets: borrowing ReusedList<UInt8>) throws(SegmentError) { try append(octets.span) }

    /// Zeros up to the next place where a section may start.
    mutating func align() throws(SegmentError) {
        while position % SegmentFormat.alignment != 0 { buffer.append(0) }
    }

    /// Writes numbers as an aligned part and gives its place.
    mutating func part<Number: FixedWidthInteger>(_ numbers: [Number]) throws(SegmentError) -> Range<Int> {
        try align()
        let start = position
        buffer.append(littleEndian: numbers.span)
        if buffer.count >= SegmentWriter.bufferSize { try flush(all: false) }
        return start..<position
    }

    /// Writes checksum table and footer.
    mutating func finish(_ footer: inout SegmentFooter) throws(SegmentError) {
        try align()
        footer.covered = position
        try flush(all: true)
        footer.tableChecksum = CRC32C.checksum(checksums.span)
        buffer = checksums + footer.encoded()
        try pass(buffer.count)
    }

    /// Passes whole buffers on, or everything, with their blocks' checksums noted.
    private mutating func flush(all: Bool) throws(SegmentError) {
        let count = all ? buffer.count : buffer.count / SegmentWriter.bufferSize * SegmentWriter.bufferSize
        for start in stride(from: 0, to: count, by: MappedFile.blockSize) {
            let block = start..<min(start + MappedFile.blockSize, count)
            checksums.append(littleEndian: CRC32C.checksum(buffer.span.extracting(block)))
        }
        try pass(count)
    }

    private mutating func pass(_ count: Int) throws(SegmentError) {
        do {
            try sink.append(buffer.span.extracting(0..<count))
            buffer.removeFirst(count)
            flushed += count
        } catch {
            throw SegmentError(error)
        }
    }
}

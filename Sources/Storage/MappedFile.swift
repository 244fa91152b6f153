import Glibc

/// A file, or a piece of memory that was filled once, mapped read-only. What it hands out cannot outlive it, cannot reach
/// outside it and, where checksums are attached, is checked 64 KiB at a time when it is first touched.
///
/// A mapping stays readable when its file is removed. One whose file is cut short under it, or whose disk fails, gives
/// SIGBUS: see `exitOnBusError(status:)`.
@safe public final class MappedFile: Sendable {
    /// Octets covered by one checksum.
    public static let blockSize = 1 << blockShift
    @usableFromInline static let blockShift = 16

    /// The file's path, or the name memory was sealed with: for messages.
    public let path: String
    /// Octets.
    public let count: Int

    let checksums: BlockChecksums
    // `nonisolated(unsafe)` because the pages are read-only and `memory` keeps them mapped.
    @usableFromInline nonisolated(unsafe) let base: UnsafePointer<UInt8>
    private let memory: MappedMemory

    init(_ memory: MappedMemory, path: String, checksums: BlockChecksums? = nil) {
        self.memory = memory
        self.path = path
        self.checksums = checksums ?? BlockChecksums(Span(), covering: 0, of: memory.count)
        count = memory.count
        // Safe: kept valid by `memory`.
        unsafe base = memory.base
    }

    /// Memory holding a copy of `bytes`.
    public convenience init(copying bytes: Span<UInt8>, name: String) throws(StorageError) {
        var buffer = try MemoryBuffer(capacity: bytes.count)
        try buffer.append(bytes)
        self.init(try buffer.release(), path: name)
    }

    /// The same pages with a checksum for each 64 KiB block of the first `covered` octets (the last block may be short).
    /// `table` holds them, four octets each, little-endian, in block order; who calls this has checked the table itself.
    /// Octets from `covered` on are not checked.
    public func withChecksums(_ table: Span<UInt8>, covering covered: Int) throws(StorageError) -> MappedFile {
        guard covered >= 0, covered <= count, table.count == 4 * MappedFile.blockCount(covered) else {
            throw .damaged(path, at: 0, section: "checksum table", "it does not fit the file's length")
        }
        return MappedFile(memory, path: path, checksums: BlockChecksums(table, covering: covered, of: count))
    }

    /// Blocks in `count` octets.
    public static func blockCount(_ count: Int) -> Int { (count + blockSize - 1) / blockSize }

    /// The checksum table for `bytes`, as `withChecksums` reads it.
    public static func checksumTable(of bytes: Span<UInt8>) -> [UInt8] {
        var table: [UInt8] = []
        table.reserveCapacity(4 * blockCount(bytes.count))
        for start in stride(from: 0, to: bytes.count, by: blockSize) {
            let crc = CRC32C.checksum(bytes.extracting(start..<min(start + blockSize, bytes.count)))
            for shift in stride(from: UInt32(0), to: 32, by: 8) {
                table.append(UInt8(truncatingIfNeeded: crc >> shift))
            }
        }
        return table
    }

    /// All octets, unchecked: for what carries its own checksum (a header, a table).
    @inlinable public var uncheckedBytes: Span<UInt8> {
        @_lifetime(borrow self)
        get {
            // Safe: `count` octets from `base` stay mapped while self does, and nobody writes to them.
            let span = unsafe Span<UInt8>(_unsafeStart: base, count: count)
            return unsafe _overrideLifetime(span, borrowing: self)
        }
    }

    /// The octets as a value without a reference: for those who hold this object for as long as they hold that.
    public var unowned: MappedBytes { MappedBytes(self) }

    /// The octets of `range`, checked. Throws `.outOfBounds` for a range outside the mapping, `.damaged` for a wrong checksum.
    @_lifetime(borrow self)
    public func bytes(_ range: Range<Int>, section: StaticString = "contents") throws(StorageError) -> Span<UInt8> {
        try verify(range, section: section)
        // Safe: verify() refused any range outside 0..<count; the rest as for `uncheckedBytes`.
        let span = unsafe Span<UInt8>(_unsafeStart: base + range.lowerBound, count: range.count)
        return unsafe _overrideLifetime(span, borrowing: self)
    }

    /// Checks that `range` lies in the mapping and that the blocks it touches are whole. A block found whole is not
    /// checked again.
    public func verify(_ range: Range<Int>, section: StaticString = "contents") throws(StorageError) {
        guard range.lowerBound >= 0, range.upperBound <= count else {
            throw outside(range.lowerBound, range.upperBound, section)
        }
        for block in checksums.blocks(of: range) where !checksums.isWhole(block) { try verifyBlock(block, section) }
    }

    /// The same for octets given by offset and count, which need not make a range.
    func verify(offset: Int, count: Int, section: StaticString) throws(StorageError) {
        guard offset >= 0, count >= 0, count <= self.count, offset <= self.count - count else {
            throw outside(offset, offset &+ count, section)
        }
        try verify(offset..<offset + count, section: section)
    }

    /// Checks every block, those found whole before too. Throws the first damage.
    public func verifyAll(section: StaticString = "contents") throws(StorageError) {
        for block in checksums.expected.indices { try verifyBlock(block, section) }
    }

    /// The blocks whose checksum is wrong, each as the octets it covers: for `check`.
    public func damagedBlocks() -> [Range<Int>] {
        checksums.expected.indices.map(checksums.range).filter { range in
            CRC32C.checksum(uncheckedBytes.extracting(range))
                != checksums.expected[range.lowerBound / MappedFile.blockSize]
        }
    }

    private func verifyBlock(_ block: Int, _ section: StaticString) throws(StorageError) {
        let range = checksums.range(of: block)
        guard CRC32C.checksum(uncheckedBytes.extracting(range)) == checksums.expected[block] else {
            throw .damaged(
                path, at: range.lowerBound, section: "\(section)",
                "the checksum of block \(block) (\(range.count) octets) is wrong")
        }
        checksums.setWhole(block)
    }

    private func outside(_ start: Int, _ end: Int, _ section: StaticString) -> StorageError {
        StorageError(
            .outOfBounds, path: path,
            "\(path) is damaged: \(section) points at octets \(start)..<\(end) of \(count)")
    }
}

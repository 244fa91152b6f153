import Synchronization

/// The expected checksum of each block of a mapping, and a bit for each block whose octets may be used: it was found to have its
/// checksum, or it has none.
///
/// Bits are only ever set, and say nothing but that the octets were right: relaxed order is enough.
@safe final class BlockChecksums: Sendable {
    let expected: [UInt32]
    private let covered: Int
    // 64 blocks' bits a word. `nonisolated(unsafe)` because the words are atomic and the pointer never changes.
    nonisolated(unsafe) let whole: UnsafeMutablePointer<Atomic<UInt64>>
    private let wordCount: Int

    /// The checksums of the first `covered` of `count` octets.
    init(_ table: Span<UInt8>, covering covered: Int, of count: Int) {
        self.covered = covered
        expected = (0..<table.count / 4).map { block in
            (0..<4).reduce(UInt32(0)) { $0 | UInt32(table[4 * block + $1]) << UInt32(8 * $1) }
        }
        // At least one, so that there is a word to look at even where there are no octets.
        wordCount = MappedFile.blockCount(count) / 64 + 1
        // Safe: each word is initialized here before anyone else has the object, and given back in deinit.
        unsafe whole = .allocate(capacity: wordCount)
        for word in 0..<wordCount { unsafe (whole + word).initialize(to: Atomic(0)) }
        for block in expected.count..<max(MappedFile.blockCount(count), expected.count) { setWhole(block) }
    }

    deinit {
        // Safe: wordCount words were initialized by init; the last reference is gone.
        unsafe whole.deinitialize(count: wordCount)
        unsafe whole.deallocate()
    }

    /// Whether a covered block was found whole. `block` must be below `expected.count`.
    func isWhole(_ block: Int) -> Bool {
        // Safe: blocks(of:) gives blocks below expected.count only, and each has its bit.
        unsafe whole[block / 64].load(ordering: .relaxed) & (1 << UInt64(block % 64)) != 0
    }

    func setWhole(_ block: Int) {
        // Safe: as above.
        unsafe whole[block / 64].bitwiseOr(1 << UInt64(block % 64), ordering: .relaxed)
    }

    /// The covered blocks that hold octets of `range`.
    func blocks(of range: Range<Int>) -> Range<Int> {
        let end = min(range.upperBound, covered)
        guard range.lowerBound < end else { return 0..<0 }
        return range.lowerBound / MappedFile.blockSize..<(end - 1) / MappedFile.blockSize + 1
    }

    /// The octets that the checksum of `block` covers.
    func range(of block: Int) -> Range<Int> {
        block * MappedFile.blockSize..<min((block + 1) * MappedFile.blockSize, covered)
    }
}

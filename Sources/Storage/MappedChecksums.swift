public import Synchronization

/// The expected checksum of each block of a mapping, and a bit for each block that was found to have it.
///
/// Bits are only ever set, and say nothing but that the octets were right: relaxed order is enough.
@usableFromInline
@safe final class BlockChecksums: Sendable {
    let expected: [UInt32]
    @usableFromInline let covered: Int
    // 64 blocks' bits a word. `nonisolated(unsafe)` because the words are atomic and the pointer never changes.
    @usableFromInline nonisolated(unsafe) let verified: UnsafeMutablePointer<Atomic<UInt64>>
    private let wordCount: Int

    var blockCount: Int { expected.count }

    init(_ table: Span<UInt8>, covering covered: Int) {
        self.covered = covered
        expected = (0..<table.count / 4).map { block in
            (0..<4).reduce(UInt32(0)) { $0 | UInt32(table[4 * block + $1]) << UInt32(8 * $1) }
        }
        wordCount = (expected.count + 63) / 64
        // Safe: each word is initialized here before anyone else has the object, and given back in deinit.
        unsafe verified = .allocate(capacity: wordCount)
        for word in 0..<wordCount { unsafe (verified + word).initialize(to: Atomic(0)) }
    }

    deinit {
        // Safe: wordCount words were initialized by init; the last reference is gone.
        unsafe verified.deinitialize(count: wordCount)
        unsafe verified.deallocate()
    }

    /// True when every block that `range` touches was found whole.
    @inlinable
    func isVerified(_ range: Range<Int>) -> Bool {
        for block in blocks(of: range) where !isVerified(block: block) { return false }
        return true
    }

    @inlinable
    func isVerified(block: Int) -> Bool {
        // Safe: blocks(of:) gives blocks below expected.count only, and each has its bit.
        unsafe verified[block / 64].load(ordering: .relaxed) & (1 << UInt64(block % 64)) != 0
    }

    func setVerified(_ block: Int) {
        // Safe: as above.
        unsafe verified[block / 64].bitwiseOr(1 << UInt64(block % 64), ordering: .relaxed)
    }

    /// The covered blocks that hold octets of `range`.
    @inlinable
    func blocks(of range: Range<Int>) -> Range<Int> {
        let end = min(range.upperBound, covered)
        guard range.lowerBound < end else { return 0..<0 }
        return range.lowerBound / MappedFile.blockSize..<(end - 1) / MappedFile.blockSize + 1
    }

    func range(of block: Int) -> Range<Int> {
        block * MappedFile.blockSize..<min((block + 1) * MappedFile.blockSize, covered)
    }
}

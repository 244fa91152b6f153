import CSystem
public import Synchronization

/// A mapping's octets as a plain value: reading through it counts no references, and where nothing is wrong it is a test of the
/// bounds, one of a bit, and the load.
///
/// It keeps nothing alive: who holds one also holds the `MappedFile` that gave it. `@unchecked Sendable` because the octets are
/// read-only, the bits atomic, and nothing in it ever changes.
@frozen @safe public struct MappedBytes: @unchecked Sendable, BitwiseCopyable {
    @usableFromInline let base: UnsafePointer<UInt8>
    /// Octets.
    public let count: Int
    /// The bits of the blocks that were found whole (see `BlockChecksums`).
    @usableFromInline let whole: UnsafePointer<Atomic<UInt64>>
    @usableFromInline let owner: Unmanaged<MappedFile>

    init(_ file: MappedFile) {
        // Safe: these live as long as the file, which whoever has this value holds.
        unsafe base = file.base
        count = file.count
        unsafe whole = UnsafePointer(file.checksums.whole)
        unsafe owner = .passUnretained(file)
    }

    /// Whether `count` octets from `offset` on lie in one block, which was found whole. False also for some that may be read, none
    /// at all or those of several blocks: `verify` tells.
    @inlinable @inline(__always)
    public func isReady(_ offset: Int, _ count: Int) -> Bool {
        // The last octet is in the mapping, and the first in the same block, hence not after it: no sum can have overflowed.
        let last = UInt(bitPattern: offset &+ count &- 1)
        let block = last >> MappedFile.blockShift
        guard count > 0, last < UInt(bitPattern: self.count), UInt(bitPattern: offset) >> MappedFile.blockShift == block
        else { return false }
        // Safe: the octets are in the mapping, so their block has its bit.
        let word = unsafe whole[Int(bitPattern: block >> 6)].load(ordering: .relaxed)
        return word & (1 << UInt64(block & 63)) != 0
    }

    /// Checks that `count` octets from `offset` on are in the mapping, and their blocks whole. A block found whole is not checked
    /// again. Throws `.outOfBounds` or `.damaged`.
    @inline(never)
    public func verify(_ offset: Int, _ count: Int, section: StaticString) throws(StorageError) {
        // Safe: whoever has this value holds the owner.
        try unsafe owner.takeUnretainedValue().verify(offset: offset, count: count, section: section)
    }

    /// The octets that `isReady` or `verify` was asked about. The caller says how long they live: no longer than the mapping.
    @inlinable @inline(__always) @_lifetime(immortal)
    @unsafe public func octets(_ offset: Int, _ count: Int) -> Span<UInt8> {
        // Safe: the caller has checked the range, and holds the owner.
        let span = unsafe Span<UInt8>(_unsafeStart: base + offset, count: count)
        return unsafe _overrideLifetime(span, copying: ())
    }

    /// The number whose octets `isReady` or `verify` was asked about.
    @inlinable @inline(__always)
    @unsafe public func load<Number: FixedWidthInteger & BitwiseCopyable>(
        _ offset: Int, as type: Number.Type
    ) -> Number {
        // Safe: the caller has checked the range, and every bit pattern is a number.
        Number(littleEndian: unsafe UnsafeRawPointer(base + offset).loadUnaligned(as: type))
    }

    /// A number as it stands there, whole or not; nil outside the mapping. Only for what is then prefetched.
    @inlinable @inline(__always)
    public func peek<Number: FixedWidthInteger & BitwiseCopyable>(_ offset: Int, as type: Number.Type) -> Number? {
        guard offset >= 0, offset <= count &- MemoryLayout<Number>.size else { return nil }
        // Safe: the octets are in the mapping.
        return unsafe load(offset, as: type)
    }

    /// Asks the processor for the cache lines of `count` octets from `offset` on, as far as they are in the mapping.
    public func prefetch(_ offset: Int, _ count: Int) {
        guard offset >= 0, offset < self.count, count > 0 else { return }
        let end = offset &+ min(count, self.count &- offset)
        var place = offset & ~(MappedBytes.lineSize &- 1)
        while place < end {
            // Safe: prefetching reads nothing, and the line holds octets of the mapping.
            unsafe csystem_prefetch(base + place)
            place &+= MappedBytes.lineSize
        }
    }

    private static let lineSize = 64
}

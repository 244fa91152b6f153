/// Where a constructed element was begun in a `BERWriter`.
@frozen
public struct BERMark: Sendable {
    @usableFromInline
    let offset: Int

    @inlinable
    init(offset: Int) { self.offset = offset }
}

/// Growable output in memory of its own, reused from answer to answer: definite lengths, minimal (X.690 §10.1).
///
/// ```
///  storage:  | sent already | bytes, `count` octets | free |
///            0              head                    tail   capacity
/// ```
/// Invariant: `0 <= head <= tail <= capacity`, and the octets below `tail` are initialised.
/// This is the module's one file of unsafe code; the elements are in `BERWriter+Types.swift`.
@safe
public struct BERWriter: ~Copyable {
    @usableFromInline
    var storage: UnsafeMutablePointer<UInt8>
    @usableFromInline
    var capacity: Int
    @usableFromInline
    var head: Int
    @usableFromInline
    var tail: Int

    /// A writer that holds `capacity` octets before it must grow.
    public init(capacity: Int = 4096) {
        self.capacity = max(capacity, 64)
        // Safe: freed in deinit and in grow, by this owner alone; never read beyond `tail`.
        unsafe storage = UnsafeMutablePointer<UInt8>.allocate(capacity: self.capacity)
        head = 0
        tail = 0
    }

    deinit {
        // Safe: allocated by init or grow and owned by this value alone.
        unsafe storage.deallocate()
    }

    /// The number of octets written and not yet removed.
    @inlinable
    public var count: Int { tail - head }

    /// Whether there is nothing to send.
    @inlinable
    public var isEmpty: Bool { tail == head }

    /// The octets written and not yet removed.
    @inlinable
    public var bytes: Span<UInt8> {
        @_lifetime(borrow self)
        get {
            // Safe: head...tail is initialised memory of this owner, which outlives the borrow.
            let span = unsafe Span(_unsafeStart: storage + head, count: tail - head)
            return unsafe _overrideLifetime(span, borrowing: self)
        }
    }

    /// A copy of the octets written and not yet removed.
    public var array: [UInt8] {
        // Safe: head...tail is initialised, and copied before this returns.
        unsafe Array(UnsafeBufferPointer(start: storage + head, count: tail - head))
    }

    /// Forgets everything written; the memory is kept.
    @inlinable
    public mutating func removeAll() {
        head = 0
        tail = 0
    }

    /// Forgets everything written and gives memory beyond `limit` octets back, so that one large answer is not paid for ever.
    public mutating func removeAll(keepingAtMost limit: Int) {
        removeAll()
        guard capacity > max(limit, 64) else { return }
        self = BERWriter(capacity: limit)
    }

    /// Takes the octets from `count` on back: a half-written answer. Does nothing where fewer were written.
    @inlinable
    public mutating func truncate(to count: Int) {
        tail = min(tail, head + max(count, 0))
    }

    /// Removes the first `n` octets, which were sent; marks made before are void. At most `count` are removed.
    @inlinable
    public mutating func removeFirst(_ n: Int) {
        head = min(head + max(n, 0), tail)
        if head == tail { removeAll() }
    }

    /// Makes room for `n` more octets.
    @inlinable @inline(__always)
    public mutating func reserve(_ n: Int) {
        if n > capacity &- tail { grow(n) }
    }

    /// Moves what is there to the front, into twice the memory where that is not enough.
    @usableFromInline
    @inline(never)
    mutating func grow(_ n: Int) {
        let kept = count
        let needed = kept + n
        if needed <= capacity / 2 {
            // Safe: both ranges lie inside the allocation; update(from:count:) allows overlap.
            unsafe storage.update(from: storage + head, count: kept)
        } else {
            let size = max(capacity * 2, needed)
            // Safe: a new allocation of at least `kept` octets; the old one is freed once copied and never used again.
            let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: size)
            unsafe larger.initialize(from: storage + head, count: kept)
            unsafe storage.deallocate()
            unsafe storage = larger
            capacity = size
        }
        head = 0
        tail = kept
    }

    /// Appends one octet.
    @inlinable @inline(__always)
    public mutating func append(_ byte: UInt8) {
        reserve(1)
        // Safe: reserve made tail < capacity.
        unsafe storage[tail] = byte
        tail &+= 1
    }

    /// Appends the first `octets` octets of `word`, 0 to 8 of them, the least significant first: short elements in one store.
    @inlinable @inline(__always)
    public mutating func append(_ word: UInt64, octets: Int) {
        precondition(octets >= 0 && octets <= 8, "BERWriter.append: more octets than a word has")
        reserve(8)
        // Safe: reserve made 8 octets free from tail on; those that do not count are written over later.
        unsafe UnsafeMutableRawPointer(storage + tail).storeBytes(of: word.littleEndian, as: UInt64.self)
        tail &+= octets
    }

    /// Appends the octets of `span` as they are.
    @inlinable @inline(__always)
    public mutating func append(_ span: Span<UInt8>) {
        let n = span.count
        reserve(n)
        let target = unsafe storage + tail
        // Safe: reserve made n octets free from tail on; a span never overlaps memory this writer hands out mutably.
        unsafe span.withUnsafeBufferPointer { source in
            if let base = source.baseAddress { unsafe target.initialize(from: base, count: n) }
        }
        tail &+= n
    }

    /// Begins a constructed element whose length is not known yet; `end` completes it.
    @inlinable @inline(__always)
    public mutating func begin(_ tag: UInt8) -> BERMark {
        let mark = BERMark(offset: count)
        append(UInt64(tag), octets: 2)
        return mark
    }

    /// Completes the element begun at `mark`: writes its length, moving the contents where that takes more than one octet.
    @inlinable @inline(__always)
    public mutating func end(_ mark: BERMark) {
        let start = mark.offset + 2
        precondition(start <= count, "BERWriter.end: the element was removed before it ended")
        let length = count - start
        if length < 0x80 {
            // Safe: mark.offset + 1 < count, by the precondition.
            unsafe storage[head + start - 1] = UInt8(truncatingIfNeeded: length)
        } else {
            endLong(start: start, length: length)
        }
    }

    /// The long form: opens a gap for the length's octets behind the first.
    @usableFromInline @inline(never)
    mutating func endLong(start: Int, length: Int) {
        let octets = BERWriter.octets(of: length)
        reserve(octets)
        let contents = unsafe storage + head + start
        // Safe: reserve made `octets` free after tail; update(from:count:) allows overlap.
        unsafe (contents + octets).update(from: contents, count: length)
        unsafe contents[-1] = 0x80 | UInt8(truncatingIfNeeded: octets)
        for index in 0..<octets {
            unsafe contents[index] = UInt8(truncatingIfNeeded: length >> (8 * (octets - 1 - index)))
        }
        tail += octets
    }

    /// How many octets `length` takes in base 256.
    @inlinable @inline(__always)
    static func octets(of length: Int) -> Int { (Int.bitWidth - length.leadingZeroBitCount + 7) / 8 }
}

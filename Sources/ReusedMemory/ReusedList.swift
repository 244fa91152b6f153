/// A list in memory of its own that is filled, read and emptied again and again: what a request is decoded into, what a
/// search works with.
///
/// An `Array` field of a class pays for what such a list never needs: a reference count, a uniqueness check with each
/// change, a call to be emptied. Here appending is a comparison and a store, and emptying a list of trivial elements sets a
/// number to 0; the memory stays. Every access is checked against `count`, as with `Array`, and traps outside of it.
///
/// ```
///  storage:  | elements, `count` of them | free |
///            0                           count  capacity
/// ```
/// Invariant: `0 <= count <= capacity`, and the elements below `count` are initialised.
/// This is the module's one file of unsafe code.
@safe @frozen
public struct ReusedList<Element>: ~Copyable {
    @usableFromInline
    var storage: UnsafeMutablePointer<Element>
    @usableFromInline
    var capacity: Int
    @usableFromInline
    var filled: Int

    /// An empty list that holds `capacity` elements before it must grow.
    public init(capacity: Int = 8) {
        self.capacity = max(capacity, 1)
        // Safe: freed in deinit and in grow, by this owner alone; never read beyond `count`.
        unsafe storage = UnsafeMutablePointer<Element>.allocate(capacity: self.capacity)
        filled = 0
    }

    deinit {
        // Safe: `count` elements are initialised; the memory is this value's alone.
        unsafe storage.deinitialize(count: count)
        unsafe storage.deallocate()
    }

    /// The number of elements.
    @inlinable @inline(__always)
    public var count: Int { filled }

    /// Whether there are no elements.
    @inlinable @inline(__always)
    public var isEmpty: Bool { count == 0 }

    /// The positions of the elements.
    @inlinable @inline(__always)
    public var indices: Range<Int> { 0..<count }

    /// The last element; nil where there is none.
    @inlinable @inline(__always)
    public var last: Element? { isEmpty ? nil : self[count - 1] }

    /// The element at `index`. Traps outside `indices`.
    @inlinable
    public subscript(index: Int) -> Element {
        @inline(__always) get {
            precondition(index >= 0 && index < count, "ReusedList: index out of range")
            // Safe: checked against `count`.
            return unsafe storage[index]
        }
        @inline(__always) _modify {
            precondition(index >= 0 && index < count, "ReusedList: index out of range")
            // Safe: checked against `count`; the list is this access's alone meanwhile.
            yield unsafe &storage[index]
        }
    }

    /// The elements.
    @inlinable
    public var span: Span<Element> {
        @inline(__always) @_lifetime(borrow self)
        get {
            // Safe: the first `count` elements are initialised memory of this owner, which outlives the borrow.
            let span = unsafe Span(_unsafeStart: storage, count: count)
            return unsafe _overrideLifetime(span, borrowing: self)
        }
    }

    /// The elements, to be changed in place.
    @inlinable
    public var mutableSpan: MutableSpan<Element> {
        @inline(__always) @_lifetime(&self)
        mutating get {
            // Safe: the first `count` elements are initialised memory of this owner, which is borrowed for the span alone.
            let span = unsafe MutableSpan(_unsafeStart: storage, count: count)
            return unsafe _overrideLifetime(span, mutating: &self)
        }
    }

    /// Empties the list; the memory is kept.
    @inlinable @inline(__always)
    public mutating func removeAll() {
        // Safe: `count` elements are initialised, and none is read again. For trivial elements this is nothing.
        unsafe storage.deinitialize(count: count)
        filled = 0
    }

    /// Appends one element.
    @inlinable @inline(__always)
    public mutating func append(_ element: Element) {
        if count == capacity { grow(1) }
        // Safe: count < capacity, and what lies there is not initialised.
        unsafe (storage + count).initialize(to: element)
        filled &+= 1
    }

    /// Appends the elements of `span`.
    @inlinable
    public mutating func append(copying span: Span<Element>) {
        if span.count > capacity - count { grow(span.count) }
        let target = unsafe storage + count
        // Safe: grow made room for them behind `count`; a span never overlaps memory that this list may change.
        unsafe span.withUnsafeBufferPointer { source in
            if let base = source.baseAddress { unsafe target.initialize(from: base, count: source.count) }
        }
        filled += span.count
    }

    /// Takes the last element out. Traps where there is none.
    @inlinable @inline(__always) @discardableResult
    public mutating func removeLast() -> Element {
        precondition(count > 0, "ReusedList: nothing to remove")
        filled &-= 1
        // Safe: the element was initialised, and is not counted any more.
        return unsafe (storage + count).move()
    }

    /// Takes the elements from `newCount` on out; nothing where there are fewer.
    @inlinable @inline(__always)
    public mutating func truncate(to newCount: Int) {
        precondition(newCount >= 0, "ReusedList: a negative count")
        guard newCount < count else { return }
        // Safe: those elements are initialised, and none is read again.
        unsafe (storage + newCount).deinitialize(count: count - newCount)
        filled = newCount
    }

    /// Makes room for `n` more elements, in at least twice the memory.
    @usableFromInline
    @inline(never)
    mutating func grow(_ n: Int) {
        let size = max(capacity * 2, count + n)
        // Safe: a new allocation of at least `count` elements, which are moved; the old one is freed and not used again.
        let larger = UnsafeMutablePointer<Element>.allocate(capacity: size)
        unsafe larger.moveInitialize(from: storage, count: count)
        unsafe storage.deallocate()
        unsafe storage = larger
        capacity = size
    }
}

// Sendable because the memory is owned by this value alone, as with an Array.
extension ReusedList: @unchecked Sendable where Element: Sendable {}

extension ReusedList {
    /// A copy of the elements, for whatever is not done with each request.
    public var array: [Element] {
        var copy: [Element] = []
        copy.reserveCapacity(count)
        for index in indices { copy.append(self[index]) }
        return copy
    }
}

/// A fixed number of elements in memory of their own, made once and used in place again and again: for elements that are too
/// large to be moved about, or cannot be copied.
///
/// Every access is checked against `count`, and traps outside of it. This is the file's only purpose: an `InlineArray` would
/// be copied whole where one of its elements is read.
@safe @frozen
public struct ReusedSlots<Element: ~Copyable>: ~Copyable {
    @usableFromInline
    let storage: UnsafeMutablePointer<Element>
    /// How many elements there are.
    public let count: Int

    /// `count` elements, each made by `makeElement`.
    public init(count: Int, _ makeElement: () -> Element) {
        self.count = max(count, 0)
        // Safe: freed in deinit by this owner alone; all of it is initialised here, and stays so until then.
        unsafe storage = UnsafeMutablePointer<Element>.allocate(capacity: max(count, 1))
        for index in 0..<self.count { unsafe (storage + index).initialize(to: makeElement()) }
    }

    deinit {
        // Safe: `count` elements are initialised; the memory is this value's alone.
        unsafe storage.deinitialize(count: count)
        unsafe storage.deallocate()
    }

    /// The positions of the elements.
    @inlinable
    public var indices: Range<Int> { 0..<count }

    /// The element at `index`, in its place. Traps outside `indices`.
    @inlinable
    public subscript(index: Int) -> Element {
        @inline(__always) _read {
            precondition(index >= 0 && index < count, "ReusedSlots: index out of range")
            // Safe: checked against `count`; the slots are borrowed meanwhile.
            yield unsafe storage[index]
        }
        @inline(__always) _modify {
            precondition(index >= 0 && index < count, "ReusedSlots: index out of range")
            // Safe: checked against `count`; the slots are this access's alone meanwhile.
            yield unsafe &storage[index]
        }
    }
}

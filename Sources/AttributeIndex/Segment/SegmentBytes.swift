import Storage

/// The one view through which everything in a segment is read: each access is checked against the mapping's end and, at the
/// first touch of a 64 KiB block, against its checksum.
///
/// A plain value, so that dictionaries, lists and records are read without counting references. The segment keeps the mapping.
struct SegmentBytes: Sendable, BitwiseCopyable {
    private let octets: MappedBytes

    /// The octets of a mapping, which must be kept for as long as this.
    init(_ mapping: MappedFile) {
        octets = mapping.unowned
    }

    var count: Int { octets.count }

    /// The octets of `range`. They live as long as the segment that owns this view.
    @inline(__always) @_lifetime(borrow self)
    func span(_ range: Range<Int>) throws(SegmentError) -> Span<UInt8> {
        try span(at: range.lowerBound, count: range.upperBound &- range.lowerBound)
    }

    /// The octets of `count` from `offset` on.
    @inline(__always) @_lifetime(borrow self)
    func span(at offset: Int, count: Int) throws(SegmentError) -> Span<UInt8> {
        try check(offset, count)
        // Safe: check() refused octets outside the mapping, which lives as long as the segment does.
        return unsafe _overrideLifetime(unsafe octets.octets(offset, count), borrowing: self)
    }

    @inline(__always)
    func byte(at offset: Int) throws(SegmentError) -> UInt8 { try number(at: offset) }

    @inline(__always)
    func uint32(at offset: Int) throws(SegmentError) -> UInt32 { try number(at: offset) }

    @inline(__always)
    func uint64(at offset: Int) throws(SegmentError) -> UInt64 { try number(at: offset) }

    @inline(__always)
    private func number<Number: FixedWidthInteger & BitwiseCopyable>(at offset: Int) throws(SegmentError) -> Number {
        try check(offset, MemoryLayout<Number>.size)
        // Safe: check() refused octets outside the mapping.
        return unsafe octets.load(offset, as: Number.self)
    }

    /// A number that is only used to prefetch what it leads to: nothing is thrown, and no checksum looked at.
    @inline(__always)
    func peek<Number: FixedWidthInteger & BitwiseCopyable>(_ offset: Int, as type: Number.Type) -> Number? {
        octets.peek(offset, as: type)
    }

    /// Asks the processor for octets that will be read soon; those outside the mapping are left out.
    @inline(__always)
    func prefetch(_ offset: Int, _ count: Int) {
        octets.prefetch(offset, count)
    }

    /// Refuses octets outside the mapping and those of a damaged block.
    @inline(__always)
    private func check(_ offset: Int, _ count: Int) throws(SegmentError) {
        if !octets.isReady(offset, count) { try verify(offset, count) }
    }

    @inline(never)
    private func verify(_ offset: Int, _ count: Int) throws(SegmentError) {
        do { try octets.verify(offset, count, section: "segment") } catch { throw SegmentError(error) }
    }
}

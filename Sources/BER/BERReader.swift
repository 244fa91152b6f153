/// The identifier of an element and where its contents are.
@frozen
public struct BERHeader: Sendable, Equatable {
    /// The identifier octet: class, form and number.
    public let tag: UInt8
    /// The contents, as absolute offsets into the reader's input; never beyond the reader's end.
    public let contents: Range<Int>

    @inlinable @inline(__always)
    init(tag: UInt8, contents: Range<Int>) {
        self.tag = tag
        self.contents = contents
    }

    /// Whether the contents are elements themselves (X.690 §8.1.2.5).
    @inlinable
    public var isConstructed: Bool { tag & BERTag.constructedBit != 0 }
}

/// A cursor over BER in borrowed octets: the subset of X.690 that RFC 4511 §5.1 allows.
///
/// Lengths are definite, identifiers are one octet, strings are primitive. A length need not be minimal (X.690 §8.1.3.5
/// leaves that to the sender). Everything it hands out is a range of absolute offsets into the same input, checked against
/// the enclosing element, so that nested elements need no copies and no tree. Copying the cursor saves a position.
@frozen
public struct BERReader: ~Escapable {
    @usableFromInline
    let input: Span<UInt8>
    @usableFromInline
    var next: Int
    /// The offset after the last octet of this reader's element; `position <= end <= input.count` always.
    public let end: Int

    /// The offset of the next octet to read.
    @inlinable @inline(__always)
    public var position: Int { next }

    /// A reader of all of `bytes`.
    @inlinable @inline(__always)
    @_lifetime(copy bytes)
    public init(_ bytes: Span<UInt8>) {
        input = bytes
        next = 0
        end = bytes.count
    }

    /// A reader of `range` of `bytes` whose offsets still count from the first of `bytes`; the range is clamped to them.
    @inlinable @inline(__always)
    @_lifetime(copy bytes)
    public init(_ bytes: Span<UInt8>, range: Range<Int>) {
        input = bytes
        end = min(max(range.upperBound, 0), bytes.count)
        next = min(max(range.lowerBound, 0), end)
    }

    /// Whether every element has been read.
    @inlinable @inline(__always)
    public var isAtEnd: Bool { next >= end }

    /// The octets of a range this reader, or one made from it, gave out. Traps on a range outside the input.
    @inlinable @inline(__always)
    @_lifetime(copy self)
    public func bytes(_ range: Range<Int>) -> Span<UInt8> { input.extracting(range) }

    /// The identifier octet of the next element; nil at the end.
    @inlinable @inline(__always)
    public func peekTag() -> UInt8? { next < end ? input[next] : nil }

    /// Reads identifier and length and moves **past the element**; the contents are the header's range.
    @inlinable @inline(__always)
    @_lifetime(self: copy self)
    public mutating func readHeader() throws(BERError) -> BERHeader {
        let start = next
        // Nothing below overflows: 0 <= start <= end, and a length is compared with what is left before it is added.
        guard end &- start >= 2 else { throw BERError(.truncated, at: start) }
        let tag = input[start]
        guard tag & 0x1F != 0x1F else { throw BERError(.multiOctetTag, at: start) }
        let first = input[start &+ 1]
        var contents = start &+ 2
        var length = Int(first)
        if first >= 0x80 {
            if first > 0x80, first <= 0x84, end &- contents >= 4 {
                // One to four octets of length: many encoders write more than are needed.
                let octets = Int(first & 0x07)
                length = Int(input.bigEndian32(at: contents) &>> UInt32(truncatingIfNeeded: 32 &- 8 &* octets))
                contents = contents &+ octets
            } else {
                (length, contents) = try longLength(first, after: contents, element: start)
            }
        }
        guard length <= end &- contents else { throw BERError(.truncated, at: start) }
        next = contents &+ length
        return BERHeader(tag: tag, contents: contents..<next)
    }

    /// The long form of length (X.690 §8.1.3.5), leading zeros accepted: the length, and the offset after it.
    @usableFromInline @inline(never)
    func longLength(_ first: UInt8, after offset: Int, element: Int) throws(BERError) -> (Int, Int) {
        guard first != 0x80 else { throw BERError(.indefiniteLength, at: element) }
        let count = Int(first & 0x7F)
        guard count <= 8 else { throw BERError(.lengthTooLarge, at: element) }
        guard count <= end - offset else { throw BERError(.truncated, at: element) }
        var value: UInt64 = 0
        for index in offset..<offset + count {
            value = value << 8 | UInt64(input[index])
        }
        guard let length = Int(exactly: value) else { throw BERError(.lengthTooLarge, at: element) }
        return (length, offset + count)
    }

    /// Reads an element that must have the tag `tag`: the range of its contents.
    @inlinable @inline(__always)
    @_lifetime(self: copy self)
    public mutating func readElement(_ tag: UInt8) throws(BERError) -> Range<Int> {
        guard peekTag() == tag else {
            throw BERError(isAtEnd ? .truncated : .unexpectedTag, at: next)
        }
        return try readHeader().contents
    }

    /// Moves past the next element, whatever it is; its contents are not looked at.
    @inlinable @inline(__always)
    @_lifetime(self: copy self)
    public mutating func skip() throws(BERError) {
        _ = try readHeader()
    }

    /// Enters a constructed element: a reader of its contents, while this one moves past it.
    @inlinable @inline(__always)
    @_lifetime(copy self)
    @_lifetime(self: copy self)
    public mutating func readConstructed(_ tag: UInt8) throws(BERError) -> BERReader {
        let contents = try readElement(tag)
        return BERReader(input, range: contents)
    }

    /// A reader of `range`, which this reader, or one made from it, gave out.
    @inlinable @inline(__always)
    @_lifetime(copy self)
    public func reader(of range: Range<Int>) -> BERReader { BERReader(input, range: range) }

    /// Demands that nothing follows.
    @inlinable @inline(__always)
    public func expectEnd() throws(BERError) {
        guard isAtEnd else { throw BERError(.trailingBytes, at: next) }
    }
}

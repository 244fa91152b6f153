public import ReusedMemory
public import Schema

/// An entry on its way from a file into a segment, its values one behind the other in one list.
///
/// A bulk load makes one of these and uses its memory again for each entry, where an `EntryRecord` takes an array for each
/// value. The values of an attribute are a chain through the list, so that they may come in any order.
public struct EntryFields: ~Copyable, Sendable {
    /// One attribute of the entry.
    public struct Attribute: Sendable {
        /// The number of its description: its column in the builder that the entry is for.
        public let column: Int
        /// Its type.
        public let type: AttributeTypeID
        /// Whether its description has options.
        public let hasOptions: Bool
        /// How many values it has.
        public fileprivate(set) var valueCount = 0
        /// The number of its first value; -1 where it has none.
        public fileprivate(set) var first = -1
        fileprivate var last = -1
    }

    @usableFromInline
    struct Value: Sendable {
        @usableFromInline let start: Int
        @usableFromInline let count: Int
        @usableFromInline var next: Int
    }

    /// The distinguished name as given: UTF-8.
    public var name = ReusedList<UInt8>(capacity: 128)
    /// The name's DIT key.
    public var key: [UInt8] = []
    /// The attributes, in the order in which they first came.
    public private(set) var attributes = ReusedList<Attribute>(capacity: 48)
    @usableFromInline var values = ReusedList<Value>(capacity: 64)
    @usableFromInline var octets = ReusedList<UInt8>(capacity: 2048)

    /// An entry without a name or attributes.
    public init() {}

    /// Empties everything, and keeps the memory.
    public mutating func removeAll() {
        name.removeAll()
        key.removeAll(keepingCapacity: true)
        attributes.removeAll()
        values.removeAll()
        octets.removeAll()
    }

    /// Adds an attribute, which has no value yet.
    /// - Returns: its place in `attributes`.
    public mutating func appendAttribute(column: Int, type: AttributeTypeID, hasOptions: Bool) -> Int {
        attributes.append(Attribute(column: column, type: type, hasOptions: hasOptions))
        return attributes.count - 1
    }

    /// Adds a value to the attribute at a place.
    public mutating func append(_ value: Span<UInt8>, toAttribute place: Int) {
        let number = values.count
        values.append(Value(start: octets.count, count: value.count, next: -1))
        octets.append(copying: value)
        let last = attributes[place].last
        if last < 0 { attributes[place].first = number } else { values[last].next = number }
        attributes[place].last = number
        attributes[place].valueCount += 1
    }

    /// The octets of a value.
    @inlinable @inline(__always) @_lifetime(borrow self)
    public func value(_ number: Int) -> Span<UInt8> {
        octets.span.extracting(values[number].start..<values[number].start &+ values[number].count)
    }

    /// The number of the same attribute's next value; -1 after the last.
    @inlinable @inline(__always)
    public func value(after number: Int) -> Int { values[number].next }

    /// Takes the value at an index among an attribute's values out.
    public mutating func removeValue(_ index: Int, ofAttribute place: Int) {
        var before = -1
        var number = attributes[place].first
        for _ in 0..<index {
            before = number
            number = values[number].next
        }
        let next = values[number].next
        if before < 0 { attributes[place].first = next } else { values[before].next = next }
        if next < 0 { attributes[place].last = before }
        attributes[place].valueCount -= 1
    }

    /// The place of the attribute with this type and no options; nil where the entry does not have it.
    public func attribute(of type: AttributeTypeID) -> Int? {
        for place in attributes.indices where attributes[place].type == type && !attributes[place].hasOptions {
            return place
        }
        return nil
    }
}

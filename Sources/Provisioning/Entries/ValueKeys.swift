import Schema

/// The equality keys of an attribute's values, one behind the other in one array: to find values given twice.
struct ValueKeys {
    private var octets: [UInt8] = []
    private var ends: [Int] = []

    var count: Int { ends.count }

    mutating func removeAll() {
        octets.removeAll(keepingCapacity: true)
        ends.removeAll(keepingCapacity: true)
    }

    /// Adds the key of one more value; where the attribute has no equality rule, the octets themselves.
    mutating func append(_ value: Span<UInt8>, of type: AttributeType, in schema: Schema) throws(SyntaxError) {
        if let rule = type.equality {
            try rule.appendStoredKey(of: value, in: schema, to: &octets)
        } else {
            for index in 0..<value.count { octets.append(value[index]) }
        }
        ends.append(octets.count)
    }

    /// The key of the value at an index.
    subscript(_ index: Int) -> ArraySlice<UInt8> {
        octets[(index == 0 ? 0 : ends[index - 1])..<ends[index]]
    }

    /// The index of a value with this key.
    func firstIndex(of key: ArraySlice<UInt8>) -> Int? {
        (0..<count).first { self[$0] == key }
    }

    /// Whether a value has this key.
    func contains(_ key: Span<UInt8>) -> Bool {
        var start = 0
        for end in ends {
            if octets.span.extracting(start..<end).elementsEqual(key) { return true }
            start = end
        }
        return false
    }

    /// The indices of values that equal one before them, ascending.
    var repeated: [Int] {
        guard count > 1 else { return [] }
        if count <= Self.fewValues {
            return (1..<count).filter { index in (0..<index).contains { self[$0] == self[index] } }
        }
        let order = (0..<count).sorted { left, right in
            let (leftKey, rightKey) = (self[left], self[right])
            return leftKey == rightKey ? left < right : leftKey.lexicographicallyPrecedes(rightKey)
        }
        return zip(order, order.dropFirst()).filter { self[$0] == self[$1] }.map(\.1).sorted()
    }

    /// Up to this many values each is compared with each; beyond, they are sorted.
    private static let fewValues = 8
}

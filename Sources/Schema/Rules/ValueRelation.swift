/// What an extensible filter asks of a value's key and an assertion's key.
enum ValueRelation: Sendable {
    case equal, less, allBits, anyBit, child, withinSubtree, subordinate, superior

    func holds(_ value: Span<UInt8>, _ assertion: Span<UInt8>) -> Bool {
        switch self {
        case .equal: Self.compare(value, assertion) == 0
        case .less: Self.compare(value, assertion) < 0
        case .allBits: Self.bits(value, assertion) { $0 & $1 == $1 }
        case .anyBit: Self.bits(value, assertion) { $0 & $1 != 0 }
        case .child: DITKey.isWithin(value, subtreeOf: assertion) && DITKey.parent(of: value) == assertion.count
        case .withinSubtree: DITKey.isWithin(value, subtreeOf: assertion)
        case .subordinate: value.count != assertion.count && DITKey.isWithin(value, subtreeOf: assertion)
        case .superior: value.count != assertion.count && DITKey.isWithin(assertion, subtreeOf: value)
        }
    }

    /// The order of octet strings: negative, zero or positive.
    static func compare(_ left: Span<UInt8>, _ right: Span<UInt8>) -> Int {
        for index in 0..<min(left.count, right.count) where left[index] != right[index] {
            return Int(left[index]) - Int(right[index])
        }
        return left.count - right.count
    }

    /// Numbers that do not fit into 64 bits have no bits to ask for.
    private static func bits(
        _ value: Span<UInt8>, _ assertion: Span<UInt8>, _ test: (Int64, Int64) -> Bool
    ) -> Bool {
        guard let value = IntegerKey.number(ofKey: value), let assertion = IntegerKey.number(ofKey: assertion) else {
            return false
        }
        return test(value, assertion)
    }
}

/// A set of rules, by their number in the policy. A plain value, so that the rules that cover an entry are known without
/// allocating.
struct RuleSet: Hashable, Sendable {
    /// The most rules that a policy may have.
    static let capacity = 256

    private var words = SIMD4<UInt64>()

    static let empty = RuleSet()

    var isEmpty: Bool { words == SIMD4<UInt64>() }

    /// `number` must be below `capacity`.
    mutating func insert(_ number: Int) { words[number >> 6] |= 1 << UInt64(number & 63) }

    mutating func remove(_ number: Int) { words[number >> 6] &= ~(1 << UInt64(number & 63)) }

    func contains(_ number: Int) -> Bool { words[number >> 6] & 1 << UInt64(number & 63) != 0 }

    mutating func formUnion(_ other: RuleSet) { words |= other.words }

    mutating func formIntersection(_ other: RuleSet) { words &= other.words }

    func isDisjoint(with other: RuleSet) -> Bool { words & other.words == SIMD4<UInt64>() }
}

import Schema
import Synchronization

/// What a requester may do with the entries that the same rules cover: the level of the entry, and of each attribute type.
final class AccessMask: Sendable {
    /// What no other mask of this process has.
    let number = AccessMask.numbers.add(1, ordering: .relaxed).newValue
    private static let numbers = Atomic<UInt64>(0)

    /// What may be done with the entry itself.
    let entry: AccessLevel
    /// By type.
    private let levels: [UInt8]

    /// For each type, the first of `rules` that is about it decides, in the order of the policy.
    init(_ policy: AccessPolicy, _ rules: RuleSet, _ granted: [AccessLevel]) {
        var entry: AccessLevel?
        var levels = [UInt8](repeating: AccessMask.undecided, count: policy.typeCount)
        for (number, rule) in policy.rules.enumerated() where rules.contains(number) {
            let level = granted[number]
            if level == .nothing, rule.continues { continue }
            if rule.coversEntry, entry == nil { entry = level }
            for type in levels.indices where rule.covers[type] && levels[type] == AccessMask.undecided {
                levels[type] = level.rawValue
            }
        }
        for type in levels.indices where levels[type] == AccessMask.undecided {
            levels[type] = AccessLevel.nothing.rawValue
        }
        self.entry = entry ?? .nothing
        self.levels = levels
    }

    private static let undecided = UInt8.max

    /// Whether a level is granted on a type.
    @inline(__always)
    func grants(_ level: AccessLevel, on type: AttributeTypeID) -> Bool {
        type.index < levels.count && levels[type.index] >= level.rawValue
    }

    /// What may be done with values of a type.
    func level(of type: AttributeTypeID) -> AccessLevel {
        type.index < levels.count ? AccessLevel(rawValue: levels[type.index]) ?? .nothing : .nothing
    }
}

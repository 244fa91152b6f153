import AttributeIndex
import Schema
import Synchronization

/// Which level each rule of a policy gives a requester: all that matters of who asks. Shared by all requesters for whom it is
/// the same.
final class AccessGrants: Sendable {
    /// What no other grants of this process have: for whom it is equal, the same holds.
    let number = AccessGrants.nextNumber()
    private static let numbers = Atomic<UInt64>(0)

    static func nextNumber() -> UInt64 { numbers.add(1, ordering: .relaxed).newValue }

    /// The levels by rule.
    struct Levels: Hashable, Sendable {
        /// For entries that are not the requester's own.
        var others: [AccessLevel]
        /// For the requester's own entry.
        var own: [AccessLevel]
    }

    let policy: AccessPolicy
    let levels: Levels
    /// By type, the most that the requester has anywhere.
    private let most: [UInt8]
    private let masks = Mutex<[MaskKey: AccessMask]>([:])

    private struct MaskKey: Hashable {
        let rules: RuleSet
        let isOwn: Bool
    }

    init(_ policy: AccessPolicy, _ levels: Levels) {
        self.policy = policy
        self.levels = levels
        var most = [UInt8](repeating: 0, count: policy.typeCount)
        for (number, rule) in policy.rules.enumerated() {
            let level = max(levels.others[number], levels.own[number]).rawValue
            guard level > 0 else { continue }
            for type in most.indices where rule.covers[type] { most[type] = max(most[type], level) }
        }
        self.most = most
    }

    /// Whether the requester may search values of a type in some entry.
    func maySearchSomewhere(_ type: AttributeTypeID) -> Bool {
        type.index < most.count && most[type.index] >= AccessLevel.search.rawValue
    }

    /// What holds for the entries that these rules cover.
    func mask(_ rules: RuleSet, isOwn: Bool) -> AccessMask {
        masks.withLock { masks in
            let key = MaskKey(rules: rules, isOwn: isOwn)
            if let mask = masks[key] { return mask }
            let mask = AccessMask(policy, rules, isOwn ? levels.own : levels.others)
            masks[key] = mask
            return mask
        }
    }

    /// The levels that a policy gives a requester.
    static func levels(
        _ policy: AccessPolicy, _ requester: Requester, _ membership: RequesterEntry
    ) -> Levels {
        var levels = Levels(others: [], own: [])
        for rule in policy.rules {
            var others = AccessLevel.nothing
            var own = AccessLevel.nothing
            for grant in rule.grants where grant.subject.source.fits(requester) {
                switch membership.matches(grant.subject.who, requester) {
                case .always: others = max(others, grant.level)
                case .onItsOwnEntry: own = max(own, grant.level)
                case .never: break
                }
            }
            levels.others.append(others)
            levels.own.append(max(others, own))
        }
        return levels
    }
}

/// What a requester's own entry makes it: itself somewhere, and a member of groups. Nothing of either once the entry is gone
/// or has another name.
struct RequesterEntry {
    let key: [UInt8]?
    let place: EntryPlace?
    private let groups: [[UInt8]]

    enum Match { case always, onItsOwnEntry, never }

    init(_ requester: Requester, _ served: ServedGeneration) {
        guard let key = requester.identity.entryKey else {
            (key, place, groups) = (nil, nil, [])
            return
        }
        self.key = key
        // An index that cannot be read makes nobody a member of anything; the search that follows will say what is wrong.
        let place = (try? served.find(key.span)) ?? nil
        self.place = place
        let places = place == nil ? [] : (try? served.groups(ofEntry: key.span)) ?? []
        groups = places.compactMap { try? [UInt8](copying: served.segment($0.segment).entryKey($0.entry)) }
    }

    func matches(_ who: AccessPolicy.Subject.Who, _ requester: Requester) -> Match {
        switch who {
        case .everybody: .always
        case .anonymous: requester.identity == .anonymous ? .always : .never
        case .authenticated: requester.identity == .anonymous ? .never : .always
        case .itself: place == nil ? .never : .onItsOwnEntry
        case .named(let region): key.map { region.contains($0.span) } ?? false ? .always : .never
        case .group(let group): groups.contains(group) ? .always : .never
        }
    }
}

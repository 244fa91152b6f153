import AttributeIndex
import LDAP
import Schema

/// Follows aliases from one to the next (RFC 4512 section 2.6), and notices when they go in a circle.
struct AliasChain {
    enum Target {
        case entry(EntryPlace)
        /// Why there is none, and the last alias that was there.
        case problem(ResultCode, String, EntryPlace)
    }

    /// How many aliases are followed in one search of a base; OpenLDAP's default.
    static let limit = 15

    private var seen: Set<EntryPlace> = []

    /// The entry that an alias stands for, itself no alias. What the requester may not search is as if it were not there.
    mutating func target(of alias: EntryPlace, _ granted: GrantedView) throws(SegmentError) -> Target {
        let view = granted.view
        var place = alias
        while true {
            guard seen.count < AliasChain.limit else {
                return .problem(.aliasDereferencingProblem, "maximum deref depth exceeded", place)
            }
            guard seen.insert(place).inserted else { return .problem(.aliasProblem, "circular alias", place) }
            let context = view.context(place.segment)
            guard let key = try AliasChain.aliasedKey(context, place.entry) else {
                return .problem(.aliasProblem, "alias missing aliasedObjectName attribute", place)
            }
            guard let next = try view.served.find(key.span), try granted.level(of: next) >= .search else {
                return .problem(.aliasProblem, "aliasedObject not found", place)
            }
            guard try view.segment(next.segment).flags(next.entry).contains(.alias) else { return .entry(next) }
            guard try granted.mayFollow(next) else {
                return .problem(.aliasProblem, "aliasedObject not found", place)
            }
            place = next
        }
    }

    private static func aliasedKey(
        _ context: borrowing SegmentContext, _ entry: EntryID
    ) throws(SegmentError) -> [UInt8]? {
        guard let type = context.served.environment.types.aliasedObjectName else { return nil }
        let values = try context.segment.values(of: type, in: context.segment.view(entry))
        guard values.count == 1, let value = values.first else { return nil }
        var key: [UInt8] = []
        guard (try? context.served.schema.appendDNKey(of: value.span, to: &key)) != nil else { return nil }
        return key
    }
}

/// The places that aliases below a search's base add to it. What lies within a place that is searched already is not
/// added again, so that no entry is answered twice.
enum AliasRoots {
    /// Appends the targets of all aliases in the scope of the one root in `roots`, and of those that lie in what they add.
    static func append(
        to roots: inout [SearchRoot], _ scope: SearchScope, _ granted: GrantedView
    ) throws(SegmentError) {
        let view = granted.view
        let base = roots[0].key
        var pending = [base]
        var followed: Set<EntryPlace> = []
        while let key = pending.popLast() {
            for alias in try aliases(below: key, isOneLevel: scope == .one, view) {
                guard followed.insert(alias).inserted, try granted.mayFollow(alias) else { continue }
                var chain = AliasChain()
                // An alias that leads nowhere is passed over while searching, as in OpenLDAP.
                guard case .entry(let target) = try chain.target(of: alias, granted) else { continue }
                let found = [UInt8](copying: try view.segment(target.segment).entryKey(target.entry))
                if scope == .one {
                    try addEntry(target, found, base, view, to: &roots)
                } else if try addSubtree(target, found, view, to: &roots) {
                    pending.append(found)
                }
            }
        }
    }

    private static func aliases(
        below key: [UInt8], isOneLevel: Bool, _ view: DirectoryView
    ) throws(SegmentError) -> [EntryPlace] {
        var found: [EntryPlace] = []
        for index in view.segmentIndices where view.segment(index).aliasCount > 0 {
            let context = view.context(index)
            let range = try context.segment.subtree(of: key.span)
            var aliases = try context.aliases()
            while let entry = try aliases.next(atLeast: range.lowerBound, in: context.segment), entry < range.upperBound
            {
                guard try context.segment.flags(entry).contains(.alias), !view.served.isDead(index, entry) else {
                    continue
                }
                // Subordinates only: the base itself is dereferenced by derefFindingBaseObj or not at all.
                let levels = try context.segment.depth(entry) - DITKey.depth(of: key.span)
                guard isOneLevel ? levels == 1 : levels > 0 else { continue }
                found.append(EntryPlace(segment: index, entry: entry))
            }
        }
        return found
    }

    /// One level: the target alone, unless it is among the base's children.
    private static func addEntry(
        _ target: EntryPlace, _ key: [UInt8], _ base: [UInt8], _ view: DirectoryView, to roots: inout [SearchRoot]
    ) throws(SegmentError) {
        let isChild =
            DITKey.isWithin(key.span, subtreeOf: base.span)
            && DITKey.depth(of: key.span) == DITKey.depth(of: base.span) + 1
        if isChild || roots.contains(where: { $0.kind == .entry && $0.key == key }) { return }
        roots.append(try SearchRoot(.base, at: target, key: key, view))
    }

    /// The target's subtree; false if it is part of one that is searched already. Those that are part of it go.
    private static func addSubtree(
        _ target: EntryPlace, _ key: [UInt8], _ view: DirectoryView, to roots: inout [SearchRoot]
    ) throws(SegmentError) -> Bool {
        if roots.contains(where: { DITKey.isWithin(key.span, subtreeOf: $0.key.span) }) { return false }
        roots.removeAll { DITKey.isWithin($0.key.span, subtreeOf: key.span) }
        roots.append(try SearchRoot(.sub, at: target, key: key, view))
        return true
    }
}

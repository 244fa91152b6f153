import AttributeIndex
import LDAP
import ReusedMemory
import Schema

/// What the roots of a search depend on, beside its base.
struct RootsOrigin: Equatable {
    let view: UInt64
    /// The number of the requester's access; 0 where there are no rules.
    let access: UInt64
    let scope: SearchScope
    let derefAliases: DerefAliases
    let manageDsaIT: Bool
}

extension SearchEngine {
    /// Reads the base's name, unless the roots are those of the search before: most clients search the same base again and
    /// again. The index is not looked at yet.
    mutating func prepareRoots(_ base: Span<UInt8>, _ view: DirectoryView) {
        let origin = RootsOrigin(
            view: view.number, access: access?.number ?? 0, scope: scope, derefAliases: derefAliases,
            manageDsaIT: manageDsaIT)
        if hasRoots, rootsOrigin == origin, requestedBase.span.isSame(as: base) { return }
        hasRoots = false
        rootsOrigin = origin
        requestedBase.replaceAll(with: base)
        // A root of the search before still shares the key's memory, which would then be left to it.
        roots.clear()
        baseKey.clear()
        do throws(DNError) {
            try names.append(base, view.environment, to: &baseKey)
        } catch {
            finish(LDAPResult(.invalidDNSyntax, diagnosticMessage: "invalid DN"))
        }
    }

    /// Finds where the search looks, and begins.
    mutating func begin(_ view: DirectoryView) throws(SegmentError) {
        if !hasRoots {
            roots.clear()
            guard try findRoots(view) else { return }
            hasRoots = true
        }
        if plan.asksForGroups { try groups.resolve(plan, view.served) }
        skipToPage()
        stage = .nextSegment
    }

    /// Finds the roots: the base, with aliases followed as asked (RFC 4511 section 4.5.1.3), and the targets of aliases below
    /// it. False if the search is over before it began.
    private mutating func findRoots(_ view: DirectoryView) throws(SegmentError) -> Bool {
        if scope == .base, let virtual = virtualRoot(view) {
            roots.append(virtual)
            return true
        }
        guard view.served.isServed(baseKey.span) else {
            finish(LDAPResult(.noSuchObject))
            return false
        }
        let granted = GrantedView(view: view, access: access)
        guard let place = try locate(granted) else { return false }
        let context = view.context(place.segment)
        if !manageDsaIT, try context.segment.flags(place.entry).contains(.referral), try granted.mayRefer(place) {
            try refer(context, place.entry)
            return false
        }
        guard try granted.level(of: place) >= .search else {
            finish(try granted.denial(at: place, key: baseKey.span))
            return false
        }
        roots.append(try SearchRoot(scope, at: place, key: baseKey, view))
        if derefAliases.dereferencesInSearching, scope != .base, view.generation.hasAliases {
            try AliasRoots.append(to: &roots, scope, granted)
        }
        return true
    }

    /// Whether the search is one of the root DSE or the subschema subentry, which are open to everybody.
    func isVirtual(_ view: DirectoryView) -> Bool { scope == .base && virtualRoot(view) != nil }

    /// The root DSE and the subschema subentry answer searches of themselves alone, as in OpenLDAP.
    private func virtualRoot(_ view: DirectoryView) -> SearchRoot? {
        if baseKey.isEmpty { return SearchRoot(virtual: .rootDSE) }
        return baseKey == view.environment.subschemaKey ? SearchRoot(virtual: .subschema) : nil
    }

    /// The entry at `baseKey`, which changes where aliases stand on the way to it. Nil when the search is over.
    private mutating func locate(_ granted: GrantedView) throws(SegmentError) -> EntryPlace? {
        let view = granted.view
        var chain = AliasChain()
        while true {
            if let place = try view.served.find(baseKey.span) {
                guard derefAliases.dereferencesBase,
                    try view.segment(place.segment).flags(place.entry).contains(.alias), try granted.mayFollow(place)
                else { return place }
                guard let target = try follow(place, &chain, granted) else { return nil }
                baseKey = [UInt8](copying: try view.segment(target.segment).entryKey(target.entry))
                return target
            }
            guard let place = try granted.closest(to: baseKey.span) else {
                finish(LDAPResult(.noSuchObject))
                return nil
            }
            let context = view.context(place.segment)
            if derefAliases.dereferencesBase, try context.segment.flags(place.entry).contains(.alias),
                try granted.mayFollow(place)
            {
                guard let target = try follow(place, &chain, granted) else { return nil }
                let above = try context.segment.entryKey(place.entry).count
                let rest = Array(baseKey[above...])
                baseKey = [UInt8](copying: try view.segment(target.segment).entryKey(target.entry)) + rest
                continue
            }
            try refuse(context, place, granted)
            return nil
        }
    }

    private mutating func follow(
        _ place: EntryPlace, _ chain: inout AliasChain, _ granted: GrantedView
    ) throws(SegmentError) -> EntryPlace? {
        switch try chain.target(of: place, granted) {
        case .entry(let target): return target
        case .problem(let code, let message, let last):
            let matched = String(octets: try granted.view.segment(last.segment).dn(last.entry))
            finish(LDAPResult(code, matchedDN: matched, diagnosticMessage: message))
            return nil
        }
    }

    /// There is no such entry: the one that was found on the way is named, or its referral given.
    private mutating func refuse(
        _ context: borrowing SegmentContext, _ place: EntryPlace, _ granted: GrantedView
    ) throws(SegmentError) {
        if try context.segment.flags(place.entry).contains(.referral), try granted.mayRefer(place) {
            try refer(context, place.entry)
        } else {
            finish(LDAPResult(.noSuchObject, matchedDN: String(octets: try context.segment.dn(place.entry))))
        }
    }

    private mutating func refer(
        _ context: borrowing SegmentContext, _ entry: EntryID
    ) throws(SegmentError) {
        let urls = try Referral.result(context, entry, target: requestedBase.span, scope: scope)
        // A referral without URLs says nothing (RFC 4511 section 4.1.10), so it is no referral.
        finish(
            LDAPResult(
                urls.isEmpty ? .noSuchObject : .referral, matchedDN: String(octets: try context.segment.dn(entry)),
                referral: urls))
    }
}

extension [UInt8] {
    /// A copy of octets.
    init(copying octets: Span<UInt8>) {
        self.init(capacity: octets.count) { output in
            for index in octets.indices { output.append(octets[index]) }
        }
    }
}

import Addresses
import AttributeIndex
import LDAP
import Schema

/// Collects what an `AccessExplanation` tells of one entry.
struct AccessExplainer {
    let view: DirectoryView
    let policy: AccessPolicy
    let place: EntryPlace
    let key: [UInt8]
    let requester: Requester
    let access: SessionAccess

    /// The decisions on the entry and on attributes; on all that the entry has where none are named.
    func decisions(_ names: [String]) throws -> [AccessExplanation.Decision] {
        let mask = try access.mask(of: place, view)
        let (rules, isOwn) = try access.covering(place, view)
        var decisions = [decision(on: nil, rules, isOwn, mask.entry)]
        for name in names.isEmpty ? try ownAttributes() : names where name.lowercased() != "entry" {
            guard let type = view.schema.attributeType(name) else {
                throw AccessRuleError("the schema has no attribute \(name)")
            }
            guard !view.environment.types.isHidden(type.id) else {
                decisions.append(
                    AccessExplanation.Decision(
                        subject: type.name, level: .nothing, rule: nil, steps: [],
                        remark: "which is secret: no rule opens it"))
                continue
            }
            decisions.append(decision(on: type, rules, isOwn, mask.level(of: type.id)))
        }
        return decisions
    }

    /// What a base search of the entry is answered with.
    func answer() throws -> String {
        let granted = GrantedView(view: view, access: access)
        let level = try granted.level(of: place)
        if level >= .read { return "success, the entry is returned" }
        if level >= .search { return "success, without the entry" }
        return try granted.denial(at: place, key: key.span).summary
    }

    private func ownAttributes() throws -> [String] {
        let segment = view.segment(place.segment)
        var items = segment.items(try segment.view(place.entry))
        var names: [String] = []
        while let item = try items.next(in: segment) {
            let type = view.schema.attributeType(segment.attributes[item.attribute].description.type)
            if !names.contains(type.name) { names.append(type.name) }
        }
        return names
    }

    private func decision(
        on type: AttributeType?, _ rules: RuleSet, _ isOwn: Bool, _ level: AccessLevel
    ) -> AccessExplanation.Decision {
        var steps: [AccessExplanation.Step] = []
        for (number, rule) in policy.rules.enumerated() {
            let (decides, reason) = look(at: number, rule, type, rules, isOwn)
            steps.append(AccessExplanation.Step(rule: rule.index, decides: decides, reason: reason))
            if decides { break }
        }
        return AccessExplanation.Decision(
            subject: type?.name ?? "entry", level: level, rule: steps.last.flatMap { $0.decides ? $0.rule : nil },
            steps: steps, remark: "since no rule is about it")
    }

    private func look(
        at number: Int, _ rule: AccessPolicy.Rule, _ type: AttributeType?, _ rules: RuleSet, _ isOwn: Bool
    ) -> (decides: Bool, reason: String) {
        guard policy.regions[rule.region].contains(key.span) else { return (false, "is about entries elsewhere") }
        guard rules.contains(number) else { return (false, "its filter does not hold for the entry") }
        if let type, !rule.covers[type.id.index] { return (false, "is not about \(type.name)") }
        if type == nil, !rule.coversEntry { return (false, "is about attributes alone, not about the entry") }
        let level = isOwn ? access.grants.levels.own[number] : access.grants.levels.others[number]
        if level > .nothing { return (true, "decides: \(level.name), since it names \(best(rule, level, isOwn))") }
        let why = rule.grants.map { unfit($0.subject, isOwn) }
        let whom = why.isEmpty ? "it names nobody" : "it names " + why.joined(separator: "; ")
        return rule.continues
            ? (false, "\(whom); it leaves the others to the next rule") : (true, "decides: nothing, since \(whom)")
    }

    /// The subject that gives the level.
    private func best(_ rule: AccessPolicy.Rule, _ level: AccessLevel, _ isOwn: Bool) -> String {
        let entry = RequesterEntry(requester, view.served)
        for grant in rule.grants where grant.level == level && grant.subject.source.fits(requester) {
            switch entry.matches(grant.subject.who, requester) {
            case .always: return grant.subject.source.description
            case .onItsOwnEntry where isOwn: return grant.subject.source.description
            case .onItsOwnEntry, .never: continue
            }
        }
        return "the requester"
    }

    /// A subject, and why the requester is not it.
    private func unfit(_ subject: AccessPolicy.Subject, _ isOwn: Bool) -> String {
        let name = subject.source.description
        if requester.strength < subject.source.strength {
            return "\(name) (the connection's strength is \(requester.strength))"
        }
        if !subject.source.fits(requester) { return "\(name) (the connection comes from elsewhere)" }
        switch subject.who {
        case .group: return "\(name) (the requester is not one of them)"
        case .itself: return "\(name) (this is not the requester's entry)"
        default: return name
        }
    }
}

extension AccessSubject: CustomStringConvertible {
    /// As an explanation names it.
    public var description: String {
        var text =
            switch who {
            case .everybody: "everybody"
            case .anonymous: "anonymous"
            case .authenticated: "authenticated"
            case .itself: "self"
            case .entry(let name): name
            case .subtree(let name): "names under \(name)"
            case .children(let name): "names directly under \(name)"
            case .group(let name): "members of \(name)"
            }
        if !addresses.isEmpty { text += " from \(addresses.map(\.description).joined(separator: ", "))" }
        if let listeners { text += " at listener \(listeners.map(String.init).joined(separator: ", "))" }
        if strength > 0 { text += " with a strength of \(strength) or more" }
        return text
    }
}

extension LDAPResult {
    /// The code, and the name that matched, if any: for explanations.
    var summary: String { "\(code)" + (matchedDN.isEmpty ? "" : ", matched \(matchedDN)") }
}

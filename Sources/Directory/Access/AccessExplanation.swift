import AttributeIndex
import Schema

/// Why a requester may do what it may with an entry, rule by rule: for `peopled check --access-as`. What is decided comes
/// from the same rules, masks and look-ups that searches are answered by.
public struct AccessExplanation: Sendable {
    /// What one rule did for one decision.
    public struct Step: Sendable {
        /// The rule's index in the configuration.
        public let rule: Int
        /// Whether it decided.
        public let decides: Bool
        /// Why it did, or did not.
        public let reason: String
    }

    /// The decision on the entry, or on one attribute.
    public struct Decision: Sendable {
        /// `entry`, or the attribute's name in the schema.
        public let subject: String
        /// What the requester may do with it.
        public let level: AccessLevel
        /// The index of the rule that decided; nil where none did.
        public let rule: Int?
        /// The rules that were looked at, in their order.
        public let steps: [Step]
        /// What decided, where it was no rule.
        public let remark: String
    }

    /// The decision on the entry first, then those on the attributes.
    public internal(set) var decisions: [Decision] = []
    /// What is worth knowing beside: a requester without an entry, an entry that is not there.
    public internal(set) var remarks: [String] = []
    /// Whether a client over this connection may bind as the entry, and why.
    public internal(set) var bind = (isAllowed: true, reason: "")
    /// What a search with the entry as its base is answered with.
    public internal(set) var answer = ""
}

extension AccessExplanation: CustomStringConvertible {
    /// Lines for people.
    public var description: String {
        var lines = remarks
        for decision in decisions {
            lines.append("\(decision.subject): \(decision.level.name)\(Self.source(decision))")
            lines += decision.steps.map { "  access[\($0.rule)]: \($0.reason)" }
        }
        lines.append("bind as this entry: \(bind.isAllowed ? "yes" : "no"), \(bind.reason)")
        if !answer.isEmpty { lines.append("a search with this entry as its base: \(answer)") }
        return lines.joined(separator: "\n")
    }

    private static func source(_ decision: Decision) -> String {
        if let rule = decision.rule { return ", by access[\(rule)]" }
        return decision.remark.isEmpty ? "" : ", \(decision.remark)"
    }
}

extension DirectoryView {
    /// Explains what a requester may do with an entry and with attributes of it; with all that the entry has where none are
    /// named.
    ///
    /// - Throws: `AccessRuleError` for a name that is none, `SegmentError` when the index is damaged.
    public func explainAccess(
        of requester: Requester, to name: String, attributes: [String] = []
    ) throws -> AccessExplanation {
        var explanation = AccessExplanation()
        let dn: DistinguishedName
        do {
            dn = try DistinguishedName(parsing: name, schema: schema)
        } catch {
            throw AccessRuleError("\(name) is not a DN: \(error)")
        }
        if let key = requester.identity.entryKey, try served.find(key.span) == nil {
            explanation.remarks.append(
                "the requester has no entry: it is no entry's \"self\", and a member of no group")
        }
        try explain(bind: dn, requester, &explanation)
        guard let policy = environment.policy else {
            explanation.remarks.append("there are no access rules: everybody may read everything but secrets")
            return explanation
        }
        guard let place = try served.find(dn.key.span) else {
            explanation.remarks.append("there is no entry \(name)")
            explanation.answer = "\(try granted(to: requester).noSuchObject(dn.key.span).summary)"
            return explanation
        }
        let explainer = AccessExplainer(
            view: self, policy: policy, place: place, key: dn.key, requester: requester,
            access: SessionAccess(requester, self, policy))
        explanation.decisions = try explainer.decisions(attributes)
        explanation.answer = try explainer.answer()
        return explanation
    }

    private func explain(
        bind dn: DistinguishedName, _ requester: Requester, _ explanation: inout AccessExplanation
    ) throws(SegmentError) {
        let isAllowed = try mayBind(asEntryWithKey: dn.key.span, requester)
        let reason: String
        if environment.policy?.bindRules == nil {
            reason = "no rule is about binding"
        } else if let rule = try bindRule(for: dn.key.span) {
            reason = "by access[\(rule.index)]"
        } else {
            reason = "no rule about binding covers the entry"
        }
        explanation.bind = (isAllowed, reason)
    }
}

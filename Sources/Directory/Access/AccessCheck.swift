import LDAP
public import Schema

/// What is wrong with a site's access rules before they are put in force: what can only be a mistake is refused, and what
/// may be one is warned of.
public enum AccessCheck {
    /// Checks rules against a schema and the names of the suffixes; none are known where there is no index yet.
    ///
    /// - Returns: warnings, each of them a clause for people that begins with the rule's place.
    /// - Throws: the first mistake.
    public static func check(
        _ settings: AccessSettings, schema: Schema, suffixes: [String]
    ) throws(AccessRuleError) -> [String] {
        for name in settings.secretAttributes where schema.attributeType(name) == nil {
            throw AccessRuleError("secret: \(unknown(name, "attribute"))")
        }
        guard let rules = settings.rules else { return [] }
        guard rules.count(where: { !$0.grants.isEmpty }) <= RuleSet.capacity else {
            throw AccessRuleError(
                "access: more than \(RuleSet.capacity) rules; a filter or a group may say the same with fewer")
        }
        let checker = RuleChecker(
            schema: schema, suffixes: suffixes,
            secrets: SecretAttributes.types(named: SecretAttributes.names + settings.secretAttributes, schema),
            passwords: SecretAttributes.types(named: SecretAttributes.forNobody, schema))
        for (index, rule) in rules.enumerated() { try checker.check(rule, index) }
        return coverage(rules, schema, checker) + visibility(rules)
    }

    fileprivate static func unknown(_ name: String, _ kind: String) -> String {
        "the schema has no \(kind) \"\(name)\"; correct the spelling, or define it in a file named under \"schema\""
    }

    /// Rules that an earlier one leaves nothing for.
    private static func coverage(_ rules: [AccessRule], _ schema: Schema, _ checker: RuleChecker) -> [String] {
        var compiler = PolicyCompiler(schema: schema, secrets: checker.secrets.union(checker.passwords))
        let regions = rules.map { compiler.region($0.region) }
        let covers = rules.map { compiler.covers($0.attributes) }
        var warnings: [String] = []
        for later in rules.indices where !rules[later].grants.isEmpty {
            let earlier = rules[..<later].indices.first { earlier in
                let rule = rules[earlier]
                guard !rule.grants.isEmpty, !rule.continues, rule.filter == nil || rule.filter == rules[later].filter,
                    coversEntry(rule) || !coversEntry(rules[later]),
                    compiler.regions[regions[earlier]].includes(compiler.regions[regions[later]])
                else { return false }
                return zip(covers[earlier], covers[later]).allSatisfy { $0 || !$1 }
            }
            if let earlier {
                warnings.append(
                    "access[\(later)]: never decides anything, since access[\(earlier)] covers all of it; put it before that one"
                )
            }
        }
        return warnings
    }

    private static func coversEntry(_ rule: AccessRule) -> Bool {
        rule.attributes?.contains { $0.lowercased() == "entry" } ?? true
    }

    /// Rules that together let nobody read any entry.
    private static func visibility(_ rules: [AccessRule]) -> [String] {
        let isReadable = rules.contains { rule in
            coversEntry(rule) && rule.grants.contains { $0.level == .read && !$0.subjects.isEmpty }
        }
        guard !isReadable else { return [] }
        return [
            "access: nobody may read any entry, whatever attributes are open; a rule that names attributes is about an entry "
                + "itself only where \"entry\" is one of them"
        ]
    }
}

extension AccessPolicy.Region {
    /// Whether every entry of another region is in this one.
    func includes(_ other: AccessPolicy.Region) -> Bool {
        switch (kind, other.kind) {
        case (.subtree, _): DITKey.isWithin(other.key.span, subtreeOf: key.span)
        case (.entry, .entry), (.children, .children): key == other.key
        case (.children, .entry): contains(other.key.span)
        case (.entry, _), (.children, .subtree): false
        }
    }
}

/// Checks one rule.
struct RuleChecker {
    let schema: Schema
    let suffixes: [String]
    let secrets: Set<AttributeTypeID>
    let passwords: Set<AttributeTypeID>

    func check(_ rule: AccessRule, _ index: Int) throws(AccessRuleError) {
        guard !rule.grants.isEmpty || rule.bind != nil else {
            throw AccessRuleError(
                "says who may do nothing at all; add \"read\", \"search\", \"compare\", \"disclose\" or \"bind\", "
                    + "as in read: \"authenticated\", or read: \"nobody\" to close it", rule: index)
        }
        try check(region: rule.region, index)
        if let filter = rule.filter { try check(filter: filter, index) }
        try check(attributes: rule, index)
        for subject in rule.grants.flatMap(\.subjects) { try check(subject, index) }
        for subject in rule.bind ?? [] where subject.who != .everybody {
            throw AccessRuleError(
                "bind: \"\(subject)\" cannot be told before the bind, when everybody is anonymous; name \"everybody\", "
                    + "or an address, a listener or a strength", rule: index)
        }
        if rule.bind != nil, rule.attributes != nil {
            throw AccessRuleError("\"bind\" is about entries; leave \"attributes\" out of its \"to\"", rule: index)
        }
    }

    private func check(region: AccessRule.Region, _ index: Int) throws(AccessRuleError) {
        let name: String
        switch region {
        case .everything: return
        case .entry(let dn), .subtree(let dn), .children(let dn): name = dn
        }
        let key = try key(name, "to", index)
        if key.isEmpty || key == self.key("cn=Subschema") {
            throw AccessRuleError(
                "to: the root DSE and the schema may be read by everybody, since clients need them; leave the rule out, "
                    + "and for all entries write to: \"everything\"", rule: index)
        }
        guard !suffixes.isEmpty, !suffixes.contains(where: { isBelow(key, $0) }) else { return }
        throw AccessRuleError(
            "to: \(name) is outside what is served, \(suffixes.joined(separator: ", "))", rule: index)
    }

    private func isBelow(_ key: [UInt8], _ suffix: String) -> Bool {
        self.key(suffix).map { DITKey.isWithin(key.span, subtreeOf: $0.span) } ?? false
    }

    private func key(_ name: String) -> [UInt8]? {
        var key: [UInt8] = []
        return (try? schema.appendDNKey(of: name.utf8.span, to: &key)).map { key }
    }

    private func key(_ name: String, _ place: String, _ index: Int) throws(AccessRuleError) -> [UInt8] {
        var key: [UInt8] = []
        do throws(DNError) {
            try schema.appendDNKey(of: name.utf8.span, to: &key)
        } catch {
            throw AccessRuleError("\(place): \"\(name)\" is not a DN: \(error)", rule: index)
        }
        return key
    }

    private func check(_ subject: AccessSubject, _ index: Int) throws(AccessRuleError) {
        switch subject.who {
        case .everybody, .anonymous, .authenticated, .itself: break
        case .entry(let name), .subtree(let name), .children(let name), .group(let name):
            if try key(name, "who", index).isEmpty {
                throw AccessRuleError(
                    "who: \"\" is nobody's name; write \"authenticated\" or \"anonymous\"", rule: index)
            }
        }
    }

    /// A filter must mean something in full: what is Undefined would leave a rule out that somebody counts on.
    private func check(filter text: String, _ index: Int) throws(AccessRuleError) {
        let filter: Filter
        do throws(FilterSyntaxError) {
            filter = try Filter(parsing: text)
        } catch {
            throw AccessRuleError("filter: octet \(error.offset + 1): expected \(error.reason)", rule: index)
        }
        let request = LDAPMessage(1, .searchRequest(SearchRequest(base: "", scope: .sub, filter: filter))).encoded
        var fields = SearchRequestFields()
        var flat = FlatFilter()
        guard (try? RequestReader(request.span).searchRequest(into: &fields, filter: &flat)) != nil else {
            throw AccessRuleError("filter: too deep or too long", rule: index)
        }
        var plan = FilterPlan()
        plan.compile(
            flat, pdu: request.span, PlanEnvironment(schema, subschemaKey: [], AccessSettings()), keepingReasons: true)
        guard let reason = plan.reasons.min(by: { $0.key < $1.key })?.value else { return }
        throw AccessRuleError("filter: \(text) asks for what cannot be answered: \(reason.text)", rule: index)
    }

    // MARK: - Attributes

    private func check(attributes rule: AccessRule, _ index: Int) throws(AccessRuleError) {
        guard let names = rule.attributes else { return }
        if names.isEmpty {
            throw AccessRuleError("attributes: none named; leave the key out for all of them", rule: index)
        }
        for name in names {
            switch name {
            case "*", "+": break
            case _ where name.lowercased() == "entry": break
            case _ where name.hasPrefix("@"):
                if schema.objectClass(String(name.dropFirst())) == nil {
                    throw AccessRuleError(
                        "attributes: \(AccessCheck.unknown(String(name.dropFirst()), "object class"))", rule: index)
                }
            case _ where name.contains(";"):
                throw AccessRuleError(
                    "attributes: \(name): a rule is about all options of an attribute; write "
                        + "\"\(name.prefix { $0 != ";" })\"", rule: index)
            default: try check(attribute: name, rule, index)
            }
        }
    }

    private func check(attribute name: String, _ rule: AccessRule, _ index: Int) throws(AccessRuleError) {
        guard let type = schema.attributeType(name) else {
            throw AccessRuleError("attributes: \(AccessCheck.unknown(name, "attribute"))", rule: index)
        }
        let open = rule.grants.filter { $0.level >= .compare }
        if passwords.contains(type.id), open.contains(where: { !$0.subjects.isEmpty }) {
            throw AccessRuleError(
                "attributes: \(type.name) is for binding only: it is never returned, matched or compared, whoever asks. "
                    + "Take it out of the rule; who may bind is said by \"bind\"", rule: index)
        }
        guard secrets.contains(type.id) else { return }
        for grant in open where grant.subjects.contains(where: \.includesAnonymous) {
            throw AccessRuleError(
                "lets clients that have not bound \(grant.level.name) the secret \(type.name); name \"authenticated\", "
                    + "a DN or a group", rule: index)
        }
    }
}

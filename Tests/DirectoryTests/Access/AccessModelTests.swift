import AttributeIndex
import Directory
import LDAP
import Schema
import Testing

/// The engine under random rules beside an evaluator that knows nothing of indexes, masks and zones: searches, what they
/// return, comparisons, and the name that is given as the closest one.
@Suite struct AccessModelTests {
    @Test(arguments: 0..<2 as Range<UInt64>)
    func answersAsANaiveEvaluatorDoes(round: UInt64) throws {
        try compare(seed: UInt64.random(in: 0...UInt64.max) &+ round)
    }

    /// Seeds that found something once, and two to begin with.
    @Test(arguments: [1, 2, 17_592_914_404_056_124_514] as [UInt64])
    func answersAsANaiveEvaluatorDoesAgain(seed: UInt64) throws {
        try compare(seed: seed)
    }

    private func compare(seed: UInt64) throws {
        var random = RandomAccess(seed: seed)
        let text = random.directory.text(50)
        let records = try TestDirectory.records(text, .builtIn)
        let open = try random.directory(records)
        var found = 0
        var round = 0
        // Rules that forbid everything say little: more are made until something is found.
        while round < 5 || found <= 10 && round < 50 {
            round += 1
            let rules = random.rules()
            let secret = random.directory.chance(2) ? ["employeeNumber"] : []
            let directory = try open.under(AccessSettings(rules: rules, secretAttributes: secret))
            for _ in 0..<4 {
                let name = random.directory.chance(4) ? nil : random.directory.pick(random.directory.names)
                let strength = random.directory.pick([0, 128])
                let model = NaiveAccess(
                    rules: rules, secrets: Set(secret), records: records,
                    name: try name.map { try DistinguishedName(parsing: $0, schema: .builtIn) }, strength: strength)
                let asking = try requester(name, strength: strength)
                let comment = Comment(rawValue: "seed \(seed): \(name ?? "anonymous") \(strength)\n\(rules)")
                for _ in 0..<8 {
                    found += try search(directory, model, asking, &random, comment)
                    try compare(directory, model, asking, &random, comment)
                }
            }
        }
        #expect(found > 10, "seed \(seed): hardly anything is found, and the test says little")
    }

    /// One search; how many entries it found.
    private func search(
        _ directory: TestDirectory, _ model: NaiveAccess, _ asking: Requester, _ random: inout RandomAccess,
        _ comment: Comment
    ) throws -> Int {
        let filter = random.directory.chance(3) ? Filter.present("objectClass") : random.directory.filter(2)
        let base = random.base()
        let scope = random.directory.pick([SearchScope.sub, .sub, .one, .base, .subordinate])
        let selection = random.directory.pick([[], ["*", "+"], ["1.1"], ["name", "memberOf"], ["+"]])
        let query = Query(base: base, scope: scope, filter: filter.description, attributes: selection)
        let comment = Comment(rawValue: "\(scope) \(base) \(filter) \(selection) \(comment)")
        let answer = try directory.search(query, as: asking)
        let expected = model.search(base, scope, filter)
        #expect(answer.code == expected.code, comment)
        #expect(answer.matchedDN == expected.matchedDN, comment)
        #expect(answer.sorted == expected.entries.map(\.dn.text).sorted(), comment)
        for record in expected.entries {
            #expect(answer.attributes[record.dn.text] == model.attributes(record, selection), comment)
        }
        var paged = query
        paged.page = PageRequest(size: 3)
        #expect(try directory.search(paged, as: asking).names.count == min(3, expected.entries.count), comment)
        var limited = query
        limited.limits = SearchLimits(entries: 2)
        let isCut = expected.entries.count > 2
        #expect(try directory.search(limited, as: asking).code == (isCut ? .sizeLimitExceeded : expected.code), comment)
        return expected.entries.count
    }

    private func compare(
        _ directory: TestDirectory, _ model: NaiveAccess, _ asking: Requester, _ random: inout RandomAccess,
        _ comment: Comment
    ) throws {
        let entry = random.base()
        guard case .equality(let attribute, let value) = random.equality() else { return }
        let text = String(decoding: value, as: UTF8.self)
        let expected = model.compare(entry, attribute, value)
        let result = try directory.compare(entry, attribute, text, as: asking)
        let comment = Comment(rawValue: "compare \(entry) \(attribute)=\(text) \(comment)")
        #expect(result.code == expected.code, comment)
        #expect(result.matchedDN == expected.matchedDN, comment)
    }
}

extension NaiveAccess {
    /// RFC 4511 section 4.5.2 over what is visible: the result code, the closest name, and the entries found.
    func search(
        _ base: String, _ scope: SearchScope, _ filter: Filter
    ) -> (code: ResultCode, matchedDN: String, entries: [EntryRecord]) {
        let base = dn(base)
        let record = records.first { $0.dn == base }
        let granted: AccessLevel = record.map { level(nil, of: $0) } ?? .nothing
        guard granted >= .search else {
            if granted >= .disclose { return (.insufficientAccessRights, "", []) }
            return (.noSuchObject, closest(above: base), [])
        }
        let entries = records.filter { candidate in
            let isInScope =
                switch scope {
                case .base: candidate.dn == base
                case .one: candidate.dn.parent == base
                case .sub: DITKey.isWithin(candidate.dn.key.span, subtreeOf: base.key.span)
                case .subordinate:
                    candidate.dn != base && DITKey.isWithin(candidate.dn.key.span, subtreeOf: base.key.span)
                }
            guard isInScope, self.level(nil, of: candidate) >= .read else { return false }
            return evaluate(filter, candidate) == true
        }
        return (.success, "", entries)
    }

    /// The name of the entry that is closest to a name that is not there for the requester.
    private func closest(above name: DistinguishedName) -> String {
        var name = name.parent
        while let current = name, current.depth > 0 {
            if let record = records.first(where: { $0.dn == current }), level(nil, of: record) >= .disclose {
                return record.dn.text
            }
            name = current.parent
        }
        return ""
    }

    /// The filter over what may be searched; an item that names what may not be is Undefined.
    private func evaluate(_ filter: Filter, _ record: EntryRecord) -> Bool? {
        evaluate(filter, record, visible(record, .search), NaiveFilter(records: [], computes: false))
    }

    private func evaluate(
        _ filter: Filter, _ record: EntryRecord, _ visible: EntryRecord, _ naive: NaiveFilter
    ) -> Bool? {
        switch filter {
        case .and(let parts):
            let values = parts.map { evaluate($0, record, visible, naive) }
            return values.contains(false) ? false : values.contains(nil) ? nil : true
        case .or(let parts):
            let values = parts.map { evaluate($0, record, visible, naive) }
            return values.contains(true) ? true : values.contains(nil) ? nil : false
        case .not(let part): return evaluate(part, record, visible, naive).map { !$0 }
        default: break
        }
        if let name = filter.attribute {
            guard let description = AttributeDescription(parsing: name, schema: schema),
                level(description.type, of: record) >= .search
            else { return nil }
        }
        return naive.evaluate(filter, visible) { level($0, of: record) >= .search }
    }

    /// RFC 4511 section 4.10 over what may be compared.
    func compare(_ entry: String, _ attribute: String, _ value: [UInt8]) -> (code: ResultCode, matchedDN: String) {
        guard let description = AttributeDescription(parsing: attribute, schema: schema) else {
            return (.undefinedAttributeType, "")
        }
        guard let rule = schema.attributeType(description.type).equality else { return (.inappropriateMatching, "") }
        var key: [UInt8] = []
        guard (try? rule.appendKey(of: value.span, in: schema, to: &key)) != nil else {
            return (.invalidAttributeSyntax, "")
        }
        let name = dn(entry)
        guard let record = records.first(where: { $0.dn == name }), level(nil, of: record) >= .disclose else {
            return (.noSuchObject, closest(above: name))
        }
        guard level(description.type, of: record) >= .compare else { return (.insufficientAccessRights, "") }
        let visible = visible(record, .compare)
        let naive = NaiveFilter(records: [], computes: false)
        if naive.evaluate(.equality(attribute, value), visible) == true { return (.compareTrue, "") }
        return (naive.values(of: description, visible).isEmpty ? .noSuchAttribute : .compareFalse, "")
    }

    /// What is returned of an entry, as `Answer` has it.
    func attributes(_ record: EntryRecord, _ selection: [String]) -> [String: [String]] {
        var found: [String: [String]] = [:]
        for attribute in visible(record, .read).attributes {
            let type = schema.attributeType(attribute.description.type)
            let isWanted = (selection.isEmpty ? ["*"] : selection).contains { name in
                if name == "*" { return !type.isOperational }
                if name == "+" { return type.isOperational }
                return schema.attributeType(name).map { type.isSubtype(of: $0) } ?? false
            }
            guard isWanted else { continue }
            found[attribute.description.name(in: schema)] =
                attribute.values.map { String(decoding: $0, as: UTF8.self) }.sorted()
        }
        return found
    }
}

extension Filter {
    /// The attribute that an item names.
    fileprivate var attribute: String? {
        switch self {
        case .and, .or, .not: nil
        case .present(let name), .equality(let name, _), .approximate(let name, _), .greaterOrEqual(let name, _),
            .lessOrEqual(let name, _), .substrings(let name, _):
            name
        case .extensible(let assertion): assertion.attribute
        }
    }
}

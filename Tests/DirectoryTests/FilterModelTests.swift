import AttributeIndex
import Directory
import LDAP
import Schema
import Testing

/// The engine beside a naive evaluator, on random directories and filters.
@Suite struct FilterModelTests {
    @Test(arguments: 0..<4 as Range<UInt64>)
    func answersAsANaiveEvaluatorDoes(round: UInt64) throws {
        let seed = UInt64.random(in: 0...UInt64.max) &+ round
        try compare(seed: seed, filters: 150)
    }

    /// Seeds that found something once.
    @Test(arguments: [1, 2] as [UInt64])
    func answersAsANaiveEvaluatorDoesAgain(seed: UInt64) throws {
        try compare(seed: seed, filters: 150)
    }

    private func compare(seed: UInt64, filters: Int) throws {
        var random = RandomDirectory(seed: seed)
        let text = random.text(60)
        let records = try TestDirectory.records(text, .builtIn)
        let single = try TestDirectory(text)
        let several = try Self.inSegments(records, &random)
        let model = NaiveFilter(records: records)
        let task = SearchTask()
        var found = 0
        for _ in 0..<filters {
            let filter = random.filter()
            let base = random.chance(3) ? random.pick(random.names) : random.names[0]
            let scope = random.pick([SearchScope.sub, .sub, .one, .base, .subordinate])
            let expected = try Self.scope(records, base, scope)
                .filter { model.evaluate(filter, $0) == true }.map(\.dn.text).sorted()
            found += expected.isEmpty ? 0 : 1
            var query = Query(base: base, scope: scope, filter: filter.description, attributes: ["1.1"])
            let comment = Comment(rawValue: "seed \(seed): \(scope) \(base) \(filter)")
            #expect(try single.search(query, task: task).sorted == expected, comment)
            #expect(try several.search(query, task: task).sorted == expected, comment)
            query.budget = StepBudget(work: Int.random(in: 1...20, using: &random.generator), octets: 30)
            #expect(try single.search(query, task: task).sorted == expected, comment)
            #expect(try Self.paged(several, query, size: 7, task) == expected, comment)
        }
        #expect(found > filters / 12, "most filters find nothing: the test says little")
    }

    /// All pages together, sorted; each entry must come once.
    private static func paged(_ directory: TestDirectory, _ query: Query, size: Int, _ task: SearchTask) throws
        -> [String]
    {
        var names: [String] = []
        var query = query
        query.page = PageRequest(size: size)
        while true {
            let answer = try directory.search(query, task: task)
            names += answer.names
            guard let next = answer.nextPage else { return names.sorted() }
            try #require(answer.names.count == size)
            query.page?.position = next
        }
    }

    private static func scope(_ records: [EntryRecord], _ base: String, _ scope: SearchScope) throws -> [EntryRecord] {
        let base = try DistinguishedName(parsing: base, schema: .builtIn)
        return records.filter {
            switch scope {
            case .base: $0.dn == base
            case .one: $0.dn.parent == base
            case .sub: DITKey.isWithin($0.dn.key.span, subtreeOf: base.key.span)
            case .subordinate: $0.dn != base && DITKey.isWithin($0.dn.key.span, subtreeOf: base.key.span)
            }
        }
    }

    /// The records over three segments: some were different before, and some entries are gone.
    private static func inSegments(_ records: [EntryRecord], _ random: inout RandomDirectory) throws -> TestDirectory {
        var batches: [[EntryRecord]] = [[], [], []]
        for (number, record) in records.enumerated() {
            let final = Int.random(in: 0..<3, using: &random.generator)
            batches[final].append(record)
            for earlier in 0..<final where random.chance(2) {
                let text = random.entry(named: record.dn.text, number + 7)
                batches[earlier] += try TestDirectory.records(text, .builtIn)
            }
        }
        let gone = (0..<6).map { "cn=gone\($0)," + random.names[$0] }
        for (number, name) in gone.enumerated() {
            batches[number % 2] += try TestDirectory.records(random.entry(named: name, number), .builtIn)
        }
        return try TestDirectory(batches, deleted: gone)
    }
}

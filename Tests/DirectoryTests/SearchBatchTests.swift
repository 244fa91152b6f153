import BER
import Directory
import LDAP
import Testing

/// Batches of searches beside the same searches alone.
@Suite struct SearchBatchTests {
    @Test(arguments: 0..<3 as Range<UInt64>)
    func answersEachSearchAsAlone(round: UInt64) throws {
        let seed = UInt64.random(in: 0...UInt64.max) &+ round
        var random = RandomDirectory(seed: seed)
        let directory = try TestDirectory(random.text(80))
        var batch = SearchBatch()
        for _ in 0..<40 {
            let count = Int.random(in: 1...SearchBatch.capacity, using: &random.generator)
            let queries = (0..<count).map { _ in query(&random) }
            // Some are suspended in the middle, and gone on with after the batch.
            let budget = random.chance(2) ? StepBudget() : StepBudget(work: 5, octets: 40)
            let answers = try directory.together(queries, &batch, budget)
            for (query, answer) in zip(queries, answers) {
                let alone = try directory.search(query)
                #expect(answer == alone, "seed \(seed): \(query.base) \(query.scope) \(query.filter)")
            }
        }
    }

    private func query(_ random: inout RandomDirectory) -> Query {
        let base = random.chance(8) ? "ou=None,dc=example,dc=edu" : random.pick(random.names)
        let scope = random.pick([SearchScope.sub, .sub, .one, .base, .subordinate])
        let attributes = random.pick([[], ["*"], ["cn"], ["1.1"], ["+"], ["cn", "sn", "entryDN"], [""]])
        return Query(base: base, scope: scope, filter: random.filter().description, attributes: attributes)
    }

    @Test func forgetsASearchThatWasNotPerformed() throws {
        let directory = try TestDirectory(RandomDirectory.seeded(7, entries: 20))
        var batch = SearchBatch()
        for filter in ["(objectClass=*)", "(cn=ab)"] {
            let octets = try Query(filter: filter).encoded()
            try directory.start(octets, &batch)
        }
        #expect(batch.count == 2 && !batch.isFull)
        batch.removeAll()
        #expect(batch.count == 0)
        let all = try directory.together([Query(attributes: ["1.1"])], &batch, StepBudget())
        #expect(all[0].names.count == 20 + 2)
    }
}

extension RandomDirectory {
    /// LDIF of a directory of `entries` entries below the suffix and ou=People.
    static func seeded(_ seed: UInt64, entries: Int) -> String {
        var random = RandomDirectory(seed: seed)
        return random.text(entries)
    }
}

extension TestDirectory {
    /// Begins a search in a batch.
    func start(_ octets: [UInt8], _ batch: inout SearchBatch) throws {
        let reader = try RequestReader(octets.span)
        var fields = SearchRequestFields()
        var filter = FlatFilter()
        try reader.searchRequest(into: &fields, filter: &filter)
        batch.start(
            in: view.granted(to: Requester()), request: fields, pdu: octets.span, filter: filter, manageDsaIT: false,
            messageID: reader.messageID, limits: SearchLimits())
    }

    /// Asks searches as a batch; what is not finished by one step goes on by itself afterwards.
    func together(_ queries: [Query], _ batch: inout SearchBatch, _ budget: StepBudget) throws -> [Answer] {
        for query in queries { try start(query.encoded(), &batch) }
        batch.prefetch()
        var answers: [Answer] = []
        for index in queries.indices {
            var writer = BERWriter()
            let outcome: SearchOutcome
            switch batch.step(index, into: &writer, budget: budget) {
            case .finished:
                outcome = batch.outcome(index)
                #expect(batch.entryCount(index) == outcome.entries)
                #expect(batch.endedPlainly(index) == (outcome.result == .success && outcome.nextPage == nil))
            case .more:
                let task = batch.suspend(index)
                while case .more = task.step(into: &writer, budget: budget) {}
                outcome = task.outcome
            }
            #expect(outcome.failure == nil)
            var answer = Answer(
                code: outcome.result.code, matchedDN: outcome.result.matchedDN, referral: outcome.result.referral)
            try answer.read(writer.bytes)
            answers.append(answer)
        }
        batch.removeAll()
        return answers
    }
}

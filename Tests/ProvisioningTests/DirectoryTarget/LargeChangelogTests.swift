import AttributeIndex
import CommonInterface
import Testing

@testable import Provisioning

/// Changelogs of several runs and rounds, which two threads decode: what holds of few changes holds of many.
@Suite struct LargeChangelogTests {
    /// More than two rounds, and a rest that fills no run.
    private static let count = 5000

    /// Everybody once, and "a" again and again in between.
    private static func change(_ number: Int) -> TestChange {
        let title = IdentityAttribute("title", text: "change \(number)")
        return .modify(number % 7 == 0 ? TestPerson("a", title) : TestPerson("p\(number)", title))
    }

    private static let changes = (0..<count).map { change($0) }

    @Test func everyChangeCountsAndTheLastOneLast() throws {
        let fixture = try TargetFixture()
        try fixture.snapshot([TestPerson("a")])
        let outcome = try fixture.changes(Self.changes, asFile: true)
        guard case .applied(let counts) = outcome else { throw Unexpected(outcome: outcome) }
        let others = (0..<Self.count).filter { $0 % 7 != 0 }
        #expect(counts.added == others.count)
        #expect(counts.modified == 1)
        for isRestarted in [false, true] {
            if isRestarted { try fixture.restart() }
            #expect(fixture.target.state(of: fixture.source)?.position == UInt64(1 + Self.count))
            #expect(try fixture.values("uid=a,ou=People", "title") == ["change \((Self.count - 1) / 7 * 7)"])
            #expect(try Set(fixture.names) == Set(others.map { "uid=p\($0)" } + ["uid=a"]))
            #expect(try fixture.values("uid=p4999,ou=People", "title") == ["change 4999"])
        }
    }

    /// Of two mistakes, one of which the reader and one a decoding thread finds, the first is told, and nothing was applied.
    @Test(arguments: [(3000, 3100), (3100, 3000), (4999, nil), (1, nil), (255, 256)])
    func theFirstMistakeRefusesAllOfIt(modrdn: Int, gap: Int?) throws {
        let fixture = try TargetFixture()
        try fixture.snapshot([TestPerson("a")])
        let text = String(decoding: TestChange.octets(Self.changes, after: TransactionID(1)), as: UTF8.self)
        // The first part is the version line.
        var records = text.split(separator: "\n\n", omittingEmptySubsequences: false).map(String.init)
        let first = records.firstIndex { $0.contains("changeNumber: 2\n") } ?? 0
        records[first + modrdn].replace("changeType: modify", with: "changeType: modrdn")
        if let gap { records.remove(at: first + gap) }
        let octets = Array(records.joined(separator: "\n\n").utf8)
        let delivery = ChangeDelivery(fixture.settings, .octets(octets), after: TransactionID(1), to: nil)
        let expected: RecordError.Code = gap.map { $0 < modrdn } ?? false ? .gap : .type
        do throws(DeliveryError) {
            Issue.record("taken: \(try fixture.target.apply(delivery))")
        } catch {
            guard case .records(let mistake) = error else { throw error }
            #expect(mistake.code == expected, "\(mistake)")
        }
        #expect(try fixture.names == ["uid=a"])
        #expect(fixture.target.state(of: fixture.source)?.position == 1)
    }

    private struct Unexpected: Error {
        let outcome: DeliveryOutcome
    }
}

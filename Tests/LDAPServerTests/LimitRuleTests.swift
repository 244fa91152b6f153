import Addresses
import Directory
import LDAP
import Schema
import Testing

@testable import LDAPServer

/// A limit in two steps, as slapd.conf(5) has it.
@Test(
    arguments: [
        (SteppedLimit.none, 0, 0), (.none, 7, 7), (SteppedLimit(10), 0, 10), (SteppedLimit(10), 5, 5),
        (SteppedLimit(10), 11, 10), (SteppedLimit(soft: 10, hard: 20), 0, 10),
        (SteppedLimit(soft: 10, hard: 20), 20, 20),
        (SteppedLimit(soft: 10, hard: 20), 21, 20), (SteppedLimit(soft: 10, hard: 20), Int(Int32.max), 20),
        (SteppedLimit(soft: 10, hard: 0), 0, 10), (SteppedLimit(soft: 10, hard: 0), 1_000, 1_000),
    ] as [(SteppedLimit, Int, Int)])
func softIsForThoseWhoNameNoneAndHardForThoseWhoDo(limit: SteppedLimit, asked: Int, granted: Int) {
    #expect(limit.resolve(asked) == granted)
}

@Suite struct LimitRuleTests {
    private static let ann = requester(TestDirectory.ann, address: "2001:db8::1", listener: 1)
    private static let slow = requester(TestDirectory.slow, address: nil, listener: 2)
    private static let nobody = Requester(address: IPAddress("192.0.2.7"))

    private static func requester(_ dn: String, address: String?, listener: Int) -> Requester {
        let key = (try? DistinguishedName(parsing: dn, schema: .builtIn))?.key ?? []
        return Requester(
            identity: .entry(dn: dn, key: key), address: address.flatMap { IPAddress($0) }, listener: listener)
    }

    private static func networks(_ texts: String...) -> [IPPrefix] { texts.compactMap { IPPrefix($0) } }

    @Test(arguments: [
        ("everybody", AccessSubject(.everybody), [true, true, true]),
        ("anonymous", AccessSubject(.anonymous), [true, false, false]),
        ("authenticated", AccessSubject(.authenticated), [false, true, true]),
        ("an entry", AccessSubject(.entry("UID=Ann, ou=people,dc=example,dc=edu")), [false, true, false]),
        ("a subtree", AccessSubject(.subtree("ou=People,dc=example,dc=edu")), [false, true, true]),
        ("what begins like a subtree", AccessSubject(.subtree("ou=Peop,dc=example,dc=edu")), [false, false, false]),
        ("children", AccessSubject(.children("ou=People,dc=example,dc=edu")), [false, true, true]),
        ("children of what is above", AccessSubject(.children("dc=example,dc=edu")), [false, false, false]),
        ("a group that is none", AccessSubject(.group("cn=x,dc=example,dc=edu")), [false, false, false]),
        ("itself, of nothing", AccessSubject(.itself), [false, false, false]),
        (
            "networks", AccessSubject(.everybody, addresses: networks("192.0.2.0/24", "10.0.0.0/8")),
            [true, false, false]
        ),
        ("IPv6", AccessSubject(.everybody, addresses: networks("2001:db8::/32")), [false, true, false]),
        ("listeners", AccessSubject(.everybody, listeners: [1, 2]), [false, true, true]),
        ("all conditions", AccessSubject(.anonymous, listeners: [1]), [false, false, false]),
    ])
    func meansThoseWhomItSays(what: String, subject: AccessSubject, expected: [Bool]) throws {
        let view = try TestDirectory.make(people: 1).directory.view()
        #expect([Self.nobody, Self.ann, Self.slow].map { view.isMeant($0, by: subject) } == expected)
    }

    @Test func theFirstRuleCountsAndWhatItLeavesOutIsEverybodys() throws {
        let view = try TestDirectory.make(people: 1).directory.view()
        var policy = LimitPolicy()
        policy.anonymous.examined = 9
        for size in [1, 2] {
            var changes = LimitChanges()
            changes.size = SteppedLimit(size)
            policy.rules.append(LimitRule(who: AccessSubject(.anonymous), changes: changes))
        }
        let limits = policy.limits(of: Self.nobody) { view }
        #expect(limits.size == SteppedLimit(1) && limits.examined == 9)
        #expect(limits.outstanding == Limits.outstandingOperationsBeforeAuthentication)
        #expect(policy.limits(of: Self.ann) { view } == policy.authenticated)
    }
}

@Suite struct RateTests {
    @Test func aBucketHoldsASecondsWorthAndFillsAsItSays() {
        var bucket = TokenBucket(perSecond: 4, now: 1_000)
        func take(_ now: UInt64) -> Int {
            var count = 0
            while bucket.hasToken(now: now) {
                bucket.take()
                count += 1
            }
            return count
        }
        #expect(take(1_000) == 4)
        #expect(take(1_249) == 0)
        #expect(take(1_250) == 1)
        #expect(take(1_900) == 2)
        #expect(take(60_000) == 4)
        #expect(take(0) == 0, "a clock that goes back")
    }

    @Test func aTableCountsAndForgetsThoseWhoAreGone() {
        let table = ClientTable<Int>()
        #expect(table.enter(1, most: 2) && table.enter(1, most: 2) && !table.enter(1, most: 2))
        table.leave(1)
        #expect(table.enter(1, most: 2))
        #expect(table.hasToken(1, perSecond: 1, now: 0))
        table.take(1)
        #expect(!table.hasToken(1, perSecond: 1, now: 0))
        table.leave(1)
        table.leave(1)
        table.forgetTheGone(now: 500)
        #expect(table.count == 1, "who comes back at once finds the bucket as it was")
        table.forgetTheGone(now: 1_000)
        #expect(table.count == 0)
        #expect(table.enter(2))
        table.leave(2)
        #expect(table.count == 0)
    }
}

@Test func aFloodOfRefusalsIsAFewLinesAndANumber() {
    var guardian = FloodGuard()
    var written = 0
    for _ in 0..<100 where guardian.mayLog(.malformed, now: 5) { written += 1 }
    #expect(written == Refusal.malformed.linesPerSecond)
    let isOtherLogged = guardian.mayLog(.idle, now: 5)
    #expect(isOtherLogged, "each kind for itself")
    let early = guardian.takeSuppressed(now: 1_004)
    #expect(early.isEmpty)
    let suppressed = guardian.takeSuppressed(now: 1_005)
    #expect(suppressed.map(\.count) == [100 - Refusal.malformed.linesPerSecond])
    let isLoggedAgain = guardian.mayLog(.malformed, now: 1_006)
    #expect(isLoggedAgain)
}

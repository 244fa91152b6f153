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

@Suite struct ClientSelectorTests {
    private static let ann = key("uid=ann,ou=People,dc=example,dc=edu")

    private static func key(_ dn: String) -> [UInt8] {
        (try? DistinguishedName(parsing: dn, schema: .builtIn))?.key ?? []
    }

    private static let requesters = [
        Requester(address: IPAddress("192.0.2.7"), listener: 0),
        Requester(identity: .entry(dn: "", key: ann), address: IPAddress("2001:db8::1"), listener: 1),
        Requester(identity: .entry(dn: "", key: key("uid=bob,ou=People,dc=example,dc=edu")), listener: 2),
    ]

    private static func selector(_ change: (inout ClientSelector) -> Void) -> ClientSelector {
        var selector = ClientSelector()
        change(&selector)
        return selector
    }

    private static func networks(_ texts: String...) -> [IPPrefix] { texts.compactMap { IPPrefix($0) } }

    @Test(arguments: [
        ("everybody", selector { _ in }, [true, true, true]),
        ("anonymous", selector { $0.identity = .anonymous }, [true, false, false]),
        ("authenticated", selector { $0.identity = .authenticated }, [false, true, true]),
        ("an entry", selector { $0.identity = .entry(key: ann) }, [false, true, false]),
        (
            "a subtree", selector { $0.identity = .subtree(key: key("ou=People,dc=example,dc=edu")) },
            [false, true, true]
        ),
        (
            "a subtree is not what begins like it",
            selector { $0.identity = .subtree(key: key("ou=Peop,dc=example,dc=edu")) },
            [false, false, false]
        ),
        ("a group", selector { $0.identity = .group(key: [1]) }, [false, true, true]),
        ("a group without members", selector { $0.identity = .group(key: [2]) }, [false, false, false]),
        ("networks", selector { $0.addresses = networks("192.0.2.0/24", "10.0.0.0/8") }, [true, false, false]),
        ("a network of IPv6", selector { $0.addresses = networks("2001:db8::/32") }, [false, true, false]),
        ("listeners", selector { $0.listeners = [1, 2] }, [false, true, true]),
        (
            "all conditions", selector { ($0.listeners, $0.identity) = ([1], .anonymous) }, [false, false, false]
        ),
    ])
    func includesThoseWhomItSays(what: String, selector: ClientSelector, expected: [Bool]) {
        #expect(Self.requesters.map { selector.includes($0) { $0 == [1] } } == expected)
    }

    @Test func theFirstRuleCountsAndWhatItLeavesOutIsEverybodys() {
        var policy = LimitPolicy()
        policy.anonymous.examined = 9
        for size in [1, 2] {
            var changes = LimitChanges()
            changes.size = SteppedLimit(size)
            policy.rules.append(LimitRule(who: Self.selector { $0.identity = .anonymous }, changes: changes))
        }
        let limits = policy.limits(of: Self.requesters[0]) { _ in false }
        #expect(limits.size == SteppedLimit(1) && limits.examined == 9)
        #expect(limits.outstanding == Limits.outstandingOperationsBeforeAuthentication)
        #expect(policy.limits(of: Self.requesters[1]) { _ in false } == policy.authenticated)
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
    #expect(written == FloodGuard.linesPerSecond)
    let isOtherLogged = guardian.mayLog(.idle, now: 5)
    #expect(isOtherLogged, "each kind for itself")
    let early = guardian.takeSuppressed(now: 1_004)
    #expect(early.isEmpty)
    let suppressed = guardian.takeSuppressed(now: 1_005)
    #expect(suppressed.map(\.count) == [100 - FloodGuard.linesPerSecond])
    let isLoggedAgain = guardian.mayLog(.malformed, now: 1_006)
    #expect(isLoggedAgain)
}

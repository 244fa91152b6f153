import Addresses
import Testing

@testable import LDAPServer

private let attacker = IPAddress("198.51.100.1")
private let person = IPAddress("192.0.2.7")
private let ann = "ann".hashValue
private let bob = "bob".hashValue

private func strict(_ change: (inout BindDelays) -> Void = { _ in }) -> FailedBinds {
    var delays = BindDelays()
    delays.trusted = []
    change(&delays)
    return FailedBinds(delays)
}

@Test func theFirstFailuresCostNothing() {
    let binds = strict()
    for _ in 0..<3 {
        #expect(binds.admit(attacker, ann, now: 1000) == .now)
        binds.failed(attacker, ann, now: 1000)
    }
    #expect(binds.admit(attacker, ann, now: 1000) == .later(250))
}

@Test func furtherFailuresWaitLongerUpToALimit() {
    let binds = strict()
    var waits: [UInt64] = []
    var now: UInt64 = 0
    for _ in 0..<9 {
        switch binds.admit(attacker, ann, now: now) {
        case .now: waits.append(0)
        case .later(let wait):
            waits.append(wait)
            now += wait
        case .refused: Issue.record("refused")
        }
        binds.failed(attacker, ann, now: now)
    }
    #expect(waits == [0, 0, 0, 250, 500, 1000, 2000, 4000, 4000])
}

@Test func triesBesideEachOtherWaitInTurnAndThenAreRefused() {
    let binds = strict()
    for _ in 0..<4 { binds.failed(attacker, ann, now: 0) }
    // With a wait of 500 ms each: 0.5, 1, 1.5 and so on, 16 of them, none longer than the limit.
    for turn in 1...16 { #expect(binds.admit(attacker, ann, now: 0) == .later(min(4000, UInt64(turn) * 500))) }
    #expect(binds.admit(attacker, ann, now: 0) == .refused)
    #expect(binds.admit(attacker, bob, now: 0) == .now)
}

@Test func anAttackerElsewhereDelaysAPersonByASecondAtMost() {
    let binds = strict()
    for _ in 0..<100_000 { binds.failed(attacker, ann, now: 0) }
    #expect(binds.admit(person, ann, now: 0) == .later(1000))
    // And not for ever.
    #expect(binds.admit(person, ann, now: 60 * 10_000) == .now)
}

@Test func aPersonWhoShowsThePasswordStartsAnew() {
    let binds = strict()
    for _ in 0..<6 { binds.failed(person, ann, now: 0) }
    #expect(binds.admit(person, ann, now: 0) != .now)
    binds.succeeded(person, ann)
    #expect(binds.admit(person, ann, now: 0) == .now)
}

@Test func anAddressThatTriesManyNamesWaitsToo() {
    let binds = strict()
    for name in 0..<100 { binds.failed(attacker, name, now: 0) }
    #expect(binds.admit(attacker, ann, now: 0) == .later(1000))
    #expect(binds.admit(person, ann, now: 0) == .now)
}

@Test func aNetworkOfIPv6IsOneClient() throws {
    let binds = strict()
    for host in 1...4 { binds.failed(IPAddress("2001:db8::\(host)"), ann, now: 0) }
    #expect(binds.admit(IPAddress("2001:db8::ffff:1"), ann, now: 0) == .later(500))
    #expect(binds.admit(IPAddress("2001:db8:0:1::1"), ann, now: 0) == .now)
}

@Test func anApplicationThatBindsForManyIsNeverRefusedNorHeldLong() {
    let binds = strict { $0.trusted = [IPPrefix("192.0.2.0/24")].compactMap { $0 } }
    for _ in 0..<1000 { binds.failed(person, ann, now: 0) }
    for _ in 0..<1000 { #expect(binds.admit(person, ann, now: 0) == .later(1000)) }
    #expect(binds.admit(person, bob, now: 0) == .now)
}

@Test func aFloodOfNamesAndAddressesTakesNoMoreMemory() {
    let binds = strict()
    for _ in 0..<10 { binds.failed(attacker, ann, now: 0) }
    for number in 0..<200_000 {
        binds.failed(IPAddress(high: UInt64(number) << 8 | 1, low: 1), number, now: 0)
        // Who goes on is remembered through it.
        if number % 5000 == 0 { #expect(binds.admit(attacker, ann, now: 0) != .now) }
    }
    #expect(binds.count <= FailedBinds.maximumRecords)
    #expect(binds.admit(attacker, ann, now: 0) != .now)
}

@Test func nothingWaitsWhereDelaysAreOff() {
    let binds = strict { $0.longest = 0 }
    for _ in 0..<1000 { binds.failed(attacker, ann, now: 0) }
    #expect(binds.admit(attacker, ann, now: 0) == .now)
}

import CommonInterface
import RandomTesting
import Testing

@Suite struct RetryTests {
    private let schedule = RetrySchedule()

    /// Failures in a row, and between which milliseconds the wait then is.
    @Test(
        arguments: [
            (1, 800, 1200), (2, 4000, 6000), (3, 24_000, 36_000), (4, 24_000, 36_000), (5, 48_000, 72_000),
            (7, 240_000, 360_000), (1_000_000, 240_000, 360_000), (0, 800, 1200), (-5, 800, 1200),
        ] as [(Int, Int64, Int64)])
    func waitsGrowAndDiffer(failures: Int, least: Int64, most: Int64) {
        var random = SeededRandom()
        let waits = (0..<1000).map { _ in schedule.pause(afterFailures: failures, random: random.next()) }
        #expect(waits.allSatisfy { (least...most).contains($0) }, "seed \(random.seed)")
        #expect(Set(waits).count > 100, "those who failed together must not come back together; seed \(random.seed)")
        #expect(schedule.pause(afterFailures: failures, random: 0) == least)
    }

    /// Retry-After in seconds, and between which milliseconds the wait after the first failure then is.
    @Test(
        arguments: [
            (0, 800, 1200), (1, 1000, 1200), (60, 60_000, 72_000), (900, 900_000, 1_080_000),
            (Int.max, 900_000, 1_080_000), (-1, 800, 1200), (Int.min, 800, 1200),
        ] as [(Int, Int64, Int64)])
    func thePeerIsHeardWithinBounds(retryAfter: Int, least: Int64, most: Int64) {
        var random = SeededRandom()
        for _ in 0..<1000 {
            let wait = schedule.pause(afterFailures: 1, retryAfter: retryAfter, random: random.next())
            #expect((least...most).contains(wait), "\(wait), seed \(random.seed)")
        }
    }

    @Test func aShortRetryAfterIsNoReasonToComeEarlier() {
        #expect(schedule.pause(afterFailures: 3, retryAfter: 1, random: 0) == 24_000)
    }

    @Test func aScheduleOfNothingWaitsForNothing() {
        var none = RetrySchedule()
        none.pauses = []
        none.rests = []
        #expect(none.pause(afterFailures: 1, random: 7) == 0 && none.isExhausted(afterFailures: 1))
        none.jitter = -7
        none.rests = [100]
        #expect(none.pause(afterFailures: 9, random: 7) == 100)
        none.jitter = 1000
        #expect((0...200).contains(none.pause(afterFailures: 9, random: .max)))
    }

    @Test(arguments: [200, 400, 403, 404, 405, 410, 423, 429, 500, 501, 502, 503, 504, 505])
    func someAnswersAreWorthAnotherTry(status: Int) {
        let isWorth = [423, 429, 500, 502, 503, 504].contains(status)
        #expect(RetrySchedule.isWorthAnotherTry(httpStatus: status) == isWorth)
    }

    private func isAdmitted(_ breaker: inout CircuitBreaker, _ now: Int64) -> Bool { breaker.admits(now: now) }

    @Test func theBreakerOpensAfterThreeRetriesAndLetsOneCallThroughAtATime() {
        var breaker = CircuitBreaker()
        var now: Int64 = 1_000_000
        #expect(breaker.state == .closed && breaker.nextAttempt == nil && breaker.wait(now: now) == 0)
        for (number, wait) in ([800, 4000, 24_000] as [Int64]).enumerated() {
            #expect(isAdmitted(&breaker, now))
            let pause = breaker.failed(now: now, random: 0)
            #expect(pause == wait)
            #expect(breaker.state == .retrying && breaker.failures == number + 1)
            #expect(!isAdmitted(&breaker, now + wait - 1))
            #expect(breaker.wait(now: now) == wait)
            now += wait
        }
        #expect(isAdmitted(&breaker, now))
        breaker.failed(now: now, random: 0)
        #expect(breaker.state == .open && breaker.nextAttempt == now + 24_000)
        #expect(!isAdmitted(&breaker, now + 23_999))
        now += 24_000
        #expect(isAdmitted(&breaker, now))
        #expect(breaker.state == .probing)
        #expect(!isAdmitted(&breaker, now), "one call at a time")
        #expect(!isAdmitted(&breaker, now + 1_000_000), "one call at a time")
        #expect(breaker.wait(now: now) == nil)
        breaker.failed(now: now, random: 0)
        #expect(breaker.state == .open && breaker.nextAttempt == now + 48_000)
        now += 48_000
        #expect(isAdmitted(&breaker, now))
        breaker.succeeded()
        #expect(breaker == CircuitBreaker())
        for _ in 0..<2 { #expect(isAdmitted(&breaker, now), "closed again, for everybody") }
    }

    @Test func whoHurriesIsLetThroughAtOnceAndOnlyOnce() {
        var breaker = CircuitBreaker()
        breaker.hurry(now: 5)
        #expect(breaker == CircuitBreaker())
        for _ in 0..<9 { breaker.failed(now: 100, random: 1) }
        #expect(!isAdmitted(&breaker, 100))
        breaker.hurry(now: 100)
        #expect(isAdmitted(&breaker, 100))
        #expect(breaker.state == .probing)
        #expect(!isAdmitted(&breaker, 100))
    }

    @Test func theEndOfTimeIsNoOverflow() {
        var breaker = CircuitBreaker()
        breaker.failed(now: .max, retryAfter: .max, random: .max)
        #expect(breaker.nextAttempt == .max)
    }
}

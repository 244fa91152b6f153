import CommonInterface
import EventLog
import Foundation
import Provisioning
import RandomTesting
import Storage
import StorageTesting
import Testing

/// The log of change events: numbers, turns, torn tails, failing disks, and those who wait.
@Suite struct ChangeEventLogTests {
    private let folder: TemporaryDirectory
    private let source: EntityID

    init() throws {
        folder = try TemporaryDirectory()
        source = try #require(EntityID("https://idp.example.edu/idp"))
    }

    private var directory: String { folder.path + "/events" }

    private func log(file: Int = 1 << 20, files: any FileSystem = DiskFileSystem()) throws -> ChangeEventLog {
        var limits = ChangeEventLog.Limits()
        limits.file = file
        return try ChangeEventLog(directory: directory, files: files, log: .silent, limits: limits, clock: { 1000 })
    }

    private func event(_ name: String, _ kind: ChangeEvent.Kind = .added) -> ChangeEvent {
        var event = ChangeEvent(source, kind)
        event.dn = "uid=\(name),ou=People,dc=example,dc=edu"
        return event
    }

    private func read(_ page: ChangeEventPage) throws -> [ChangeEvent] {
        struct Events: Decodable {
            let events: [ChangeEvent]
            let last: UInt64
        }
        let events = try JSONDecoder().decode(Events.self, from: Data(page.json))
        #expect(events.last == page.last)
        return events.events
    }

    private func query(after: UInt64? = nil, errors: Bool = false, limit: Int = 1000) -> ChangeEventQuery {
        var query = ChangeEventQuery()
        query.after = after
        query.errorsOnly = errors
        query.limit = limit
        return query
    }

    @Test func whatIsRecordedIsReadBackAsItWas() throws {
        var full = event("a\"b\\c\u{1}é\n", .refused)
        full.formerDN = "uid=old"
        full.attributes = ["mail", "x\"y"]
        full.transactionID = "12"
        full.reason = "it is \"wrong\""
        full.counts = DeliveryCounts()
        full.counts?.unchanged = 7
        let log = try log()
        log.record([full])
        log.stop()
        full.number = 1
        full.time = 1000
        #expect(try read(log.events(query())) == [full])
    }

    @Test func numbersGoOnAfterARestartAndQueriesChoose() throws {
        for round in 0..<3 {
            let log = try log()
            log.record([event("a\(round)"), event("b\(round)", .held)])
            log.record([event("c\(round)")])
            log.stop()
        }
        let log = try log()
        defer { log.stop() }
        #expect(try read(log.events(query())).map(\.number) == Array(1...9))
        #expect(try read(log.events(query(after: 7))).map(\.number) == [8, 9])
        #expect(try read(log.events(query(after: 2, limit: 3))).map(\.number) == [3, 4, 5])
        #expect(try read(log.events(query(limit: 2))).map(\.number) == [8, 9])
        #expect(try read(log.events(query(errors: true))).map(\.number) == [2, 5, 8])
        #expect(log.events(query(after: 5, errors: true, limit: 9)).last == 9)
        let beyond = log.events(query(after: 99))
        #expect(beyond.lines.isEmpty && beyond.last == 9)
    }

    @Test func theFilesTakeTurnsAndStayBounded() throws {
        let log = try log(file: 4096)
        for number in 0..<500 { log.record([event("person-\(number)")]) }
        log.stop()
        let names = try FileManager.default.contentsOfDirectory(atPath: directory).sorted()
        #expect(names == ["newest.jsonl", "older.jsonl"])
        for name in names {
            let size = try Data(contentsOf: URL(fileURLWithPath: directory + "/" + name)).count
            #expect(size < 4096 + 400, "\(name)")
        }
        let reopened = try self.log(file: 4096)
        defer { reopened.stop() }
        let numbers = try read(reopened.events(query())).map(\.number)
        #expect(numbers.last == 500 && numbers == Array((500 - UInt64(numbers.count) + 1)...500) && numbers.count > 20)
    }

    @Test(arguments: 0..<50) func aTailThatAKillHasTornIsCutOff(_ seed: Int) throws {
        var random = SeededRandom(seed: UInt64(seed))
        let first = try log()
        first.record((0..<20).map { event("p\($0)") })
        first.stop()
        let path = URL(fileURLWithPath: directory + "/newest.jsonl")
        let octets = try Data(contentsOf: path)
        let cut = Int.random(in: 0...octets.count, using: &random)
        try octets.prefix(cut).write(to: path)
        let whole = octets.prefix(cut).filter { $0 == UInt8(ascii: "\n") }.count
        let second = try log()
        second.record([event("new")])
        second.stop()
        let events = try read(second.events(query()))
        #expect(events.map(\.number) == Array(1...UInt64(whole + 1)), "seed \(seed), cut at \(cut)")
        #expect(events.last?.dn == event("new").dn)
    }

    @Test func aDamagedLineIsPassedOver() throws {
        let first = try log()
        first.record((0..<3).map { event("p\($0)") })
        first.stop()
        let path = URL(fileURLWithPath: directory + "/newest.jsonl")
        var octets = try Data(contentsOf: path)
        let place = try #require(octets.range(of: Data("uid=p1".utf8)))
        octets[place.lowerBound - 1] = 0xFF
        try octets.write(to: path)
        let second = try log()
        defer { second.stop() }
        #expect(try read(second.events(query())).map(\.number) == [1, 3])
    }

    @Test func whoWaitsIsToldAtOnceAndNotBeforeItIsWritten() throws {
        let log = try log()
        let answers = Answers()
        for _ in 0..<3 {
            Thread.detachNewThread { answers.add(log.events(ChangeEventQuery(), waitingUpTo: 60)) }
        }
        Thread.sleep(forTimeInterval: 0.1)
        log.record([event("a", .failed)])
        let pages = answers.wait(for: 3)
        #expect(pages.allSatisfy { $0.last == 1 && $0.lines.count == 1 })
        #expect(FileManager.default.contents(atPath: directory + "/newest.jsonl")?.isEmpty == false)
        // The end lets those go who wait.
        Thread.detachNewThread { [self] in answers.add(log.events(query(after: 1), waitingUpTo: 60)) }
        Thread.sleep(forTimeInterval: 0.1)
        log.stop()
        let nothing = answers.wait(for: 1)
        #expect(nothing.count == 1 && nothing[0].lines.isEmpty && nothing[0].last == 1)
    }

    @Test func whoWantsErrorsIsNotToldOfOthers() throws {
        let log = try log()
        log.record([event("a")])
        let page = log.events(query(errors: true), waitingUpTo: 0.3)
        #expect(page.lines.isEmpty && page.last == 1)
        log.stop()
    }

    /// Any call of the file system fails, once: events may be lost, never made up, and those after it are kept.
    @Test(arguments: [Fault.error(28), .error(5), .shortWrite]) func aFailingDiskLosesEventsAndNothingElse(
        _ fault: Fault
    ) throws {
        for failing in 0..<30 {
            let files = SimulatedFileSystem()
            try record(4, in: files) { files.inject(fault, atCall: failing) }
            files.clearFault()
            let events = try reopened(files)
            #expect(events.count >= 4, "\(fault) at call \(failing): \(events.count)")
        }
    }

    /// The machine stops at any call: the log opens again, whatever is left of it.
    @Test(arguments: 0..<5) func aCrashNeverKeepsTheLogFromOpening(_ seed: UInt64) throws {
        for failing in 0..<30 {
            let files = SimulatedFileSystem()
            try record(4, in: files) { files.inject(.crash, atCall: failing) }
            for survival in [Survival.nothing, .everything, .some(seed: seed)] {
                _ = try reopened(files.afterCrash(survival))
            }
        }
    }

    private func small(_ files: any FileSystem) throws -> ChangeEventLog {
        var limits = ChangeEventLog.Limits()
        limits.file = 300
        limits.pause = 0
        return try ChangeEventLog(directory: "/events", files: files, log: .silent, limits: limits)
    }

    private func record(_ count: Int, in files: SimulatedFileSystem, after begin: () -> Void) throws {
        let log = try small(files)
        begin()
        for number in 0..<count {
            log.record([event("p\(number)")])
            _ = log.events(query(after: UInt64(number)), waitingUpTo: 0.01)
        }
        log.stop()
    }

    /// What is there once one more event was recorded.
    private func reopened(_ files: SimulatedFileSystem) throws -> [ChangeEvent] {
        var limits = ChangeEventLog.Limits()
        limits.pause = 0
        let log = try ChangeEventLog(directory: "/events", files: files, log: .silent, limits: limits)
        log.record([event("last")])
        log.stop()
        let events = try read(log.events(query()))
        #expect(zip(events, events.dropFirst()).allSatisfy { $0.number < $1.number })
        #expect(events.last?.dn == event("last").dn)
        return events
    }
}

/// Pages that threads have been given.
private final class Answers: Sendable {
    private let semaphore = DispatchSemaphore(value: 0)
    private let pages = NSLock()
    nonisolated(unsafe) private var found: [ChangeEventPage] = []

    func add(_ page: ChangeEventPage) {
        pages.withLock { unsafe found.append(page) }
        semaphore.signal()
    }

    func wait(for count: Int) -> [ChangeEventPage] {
        for _ in 0..<count { semaphore.wait() }
        return pages.withLock {
            defer { unsafe found = [] }
            return unsafe found
        }
    }
}

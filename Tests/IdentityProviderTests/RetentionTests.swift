import CommonInterface
import Storage
import StorageTesting
import Testing

@testable import IdentityProvider

/// What is kept, and for how long.
@Suite struct RetentionTests {
    private func feed() throws -> TestFeed {
        var settings = TestFeed.settings
        settings.journal.segment = 1000
        settings.journal.block = 100
        let feed = try TestFeed([], settings: settings)
        for number in 0..<200 {
            let record = person("u\(number % 5)", ["cn": ["\(number)"]])
            try feed.provider.apply([PersonChange(subject: record.subject, record: record)])
        }
        return feed
    }

    /// A few people, who have no file of their own yet, do not keep the journal from being pruned.
    @Test func theJournalGoesBySizeThoughFewPeopleChanged() throws {
        let feed = try feed()
        try feed.provider.maintain()
        #expect(try ProviderStatus(of: feed.provider).prunedTransactionID == "0")
        var settings = feed.settings
        settings.journalLimit = 3000
        try feed.provider.register([], settings: settings)
        try feed.provider.maintain()
        let status = try ProviderStatus(of: feed.provider)
        #expect(status.journalOctets <= 3000)
        #expect(UInt64(status.prunedTransactionID) ?? 0 > 100 && status.lastTransactionID == "200")
        try feed.open()
        #expect(try feed.provider.person(Array("u4".utf8)) == person("u4", ["cn": ["199"]]))
    }

    @Test func theJournalGoesByAge() throws {
        let feed = try feed()
        feed.clock.advance(TestFeed.settings.journalLifetime - 10)
        try feed.provider.maintain()
        #expect(try ProviderStatus(of: feed.provider).prunedTransactionID == "0")
        feed.clock.advance(20)
        try feed.provider.maintain()
        #expect(try ProviderStatus(of: feed.provider).prunedTransactionID != "0")
    }

    @Test func theAuditLogGoesFromItsOldestEndByAgeAndSizeAndTodayStays() throws {
        let files = SimulatedFileSystem()
        try files.makeDirectory("/audit")
        let day: Int64 = 86_400
        let today: Int64 = 20_000 * day + 100
        for age in 0..<10 {
            let file = try files.open("/audit/" + AuditLog.name(ofDay: today - Int64(age) * day), .create)
            try file.write([UInt8](repeating: 0x78, count: 100).span, at: 0)
        }
        func left(_ lifetime: Int64, _ octets: Int) throws -> Int {
            try AuditRetention(directory: "/audit", files: files, now: today, lifetime: lifetime, octets: octets)
                .prune()
            return try files.list("/audit").count
        }
        #expect(try left(20 * day, 1000) == 10)
        #expect(try left(6 * day, 1000) == 7)
        #expect(try left(6 * day, 350) == 3)
        #expect(try left(0, 0) == 1)
        #expect(try files.list("/audit") == [AuditLog.name(ofDay: today)])
    }
}

import CommonInterface
import EventLog
import Foundation
import Schema
import Storage
import StorageTesting
import Testing

@testable import IdentityProvider

/// Figures for ARCHITECTURE.md, by hand and with optimization:
/// `PEOPLED_MEASURE=1000000 swift test -c release -Xswiftc -enable-testing --disable-xctest --filter MeasurementTests`
@Suite struct MeasurementTests {
    private static let count = ProcessInfo.processInfo.environment["PEOPLED_MEASURE"].flatMap { Int($0) }

    @Test(.enabled(if: count != nil))
    func peopleOnDiskAndInMemory() throws {
        let count = Self.count ?? 0
        let folder = try TemporaryDirectory()
        let sp = entity("https://sp.example.edu/shibboleth")
        let settings = TestFeed.settings
        func open() throws -> IdentityProvider {
            try IdentityProvider(
                directory: folder.path + "/data", schema: .builtIn, settings: settings,
                providers: [ServiceProviderSettings(entityID: sp, attributes: nil)], log: .silent,
                clock: { Int64(Date().timeIntervalSince1970) })
        }
        var provider: IdentityProvider? = try open()
        try measure("load") { try provider?.load(Synthetic(count: count, provider: sp.text)) }
        provider = nil
        try measure("open") { provider = try open() }
        try measure("load again, the same") { try provider?.load(Synthetic(count: count, provider: sp.text)) }
        _ = try provider?.initialize(
            InitializeRequest(
                entityID: sp, mechanisms: Mechanism.allCases, attributes: ["cn", "sn", "givenName", "mail", "uid"]),
            from: sp)
        try measure("snapshot") { _ = try provider?.snapshot(SnapshotRequest(entityID: sp), from: sp) }
        try measure("10,000 changes") {
            for batch in 0..<10 {
                try provider?.apply(
                    (0..<1000).map { number in
                        let record = Synthetic.person(batch * 1000 + number, provider: sp.text, title: "changed")
                        return PersonChange(subject: record.subject, record: record)
                    })
            }
        }
        let start = TransactionID(UInt64(count))
        try measure("changelog") {
            let answer = try provider?.changelog(ChangelogRequest(entityID: sp, transactionID: start), from: sp)
            print("records", answer?.records ?? -1)
        }
    }

    private func measure(_ name: String, _ body: () throws -> Void) throws {
        let started = ContinuousClock.now
        try body()
        let memory = try String(contentsOfFile: "/proc/self/smaps_rollup", encoding: .utf8).split(separator: "\n")
            .filter { $0.hasPrefix("Private_Dirty") || $0.hasPrefix("Private_Clean") }
        let peak = try String(contentsOfFile: "/proc/self/status", encoding: .utf8).split(separator: "\n")
            .filter { $0.hasPrefix("VmHWM") || $0.hasPrefix("RssAnon") }
        print("MEASURE", name, started.duration(to: .now), memory.joined(separator: " "), peak.joined(separator: " "))
    }
}

/// People that look like a campus's.
private final class Synthetic: IdentityRegistryAdapter {
    let count: Int
    let provider: String

    init(count: Int, provider: String) {
        self.count = count
        self.provider = provider
    }

    static func person(_ number: Int, provider: String, title: String = "Student") -> IdentityRecord {
        let uid = "user\(number)"
        let values = [
            "cn": "Given\(number % 4999) Family\(number % 9973)", "sn": "Family\(number % 9973)",
            "givenName": "Given\(number % 4999)", "mail": "\(uid)@example.edu", "title": title,
            "eduPersonPrincipalName": "\(uid)@example.edu", "telephoneNumber": "+1 530 555 \(number % 10_000)",
            "eduPersonUniqueId": "\(number * 7919)@example.edu", "departmentNumber": "\(number % 300)",
            "eduPersonScopedAffiliation": "student@example.edu", "eduPersonEntitlement": provider,
        ]
        return IdentityProviderTests.person(uid, values.mapValues { [$0] })
    }

    func waitForChange(milliseconds: Int32) -> Bool { true }

    func readAll(_ body: (IdentityRecord) throws(IdentityProviderError) -> Void) throws(IdentityProviderError) {
        for number in 0..<count { try body(Self.person(number, provider: provider)) }
    }

    func fetch(_ subject: [UInt8]) -> IdentityRecord? { nil }
}

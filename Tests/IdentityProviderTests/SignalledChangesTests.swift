import CommonInterface
import LDIF
import Schema
import StorageTesting
import Testing

@testable import IdentityProvider

/// Texts of signalled changes, whole or as a stream.
@Suite struct SignalledChangesTests {
    private let feed: TestFeed
    private let rules = ChangeRecords(
        normalizer: RecordNormalizer(subject: "uid", attributes: nil, schema: .builtIn), schema: .builtIn)

    init() throws { feed = try TestFeed([]) }

    private func text(_ lines: String, from line: Int = 1) -> LDIFChunk {
        LDIFChunk(Array(lines.utf8), of: "changes", firstLine: line)
    }

    private static let mixed = """
        dn: uid=a
        cn: A

        dn: uid=b
        changetype: delete

        dn: uid=c
        cn: C

        """

    @Test func aFileIsMadeWholeOrNotAtAll() throws {
        let error = #expect(throws: IdentityProviderError.self) {
            try feed.provider.apply(text(Self.mixed), by: rules, isStream: false)
        }
        #expect(error?.description == "changes:4: there is no such person")
        #expect(try feed.provider.person(Array("a".utf8)) == nil)
    }

    @Test func aStreamIsMadeUpToTheFirstThatCannotBe() throws {
        let made = try feed.provider.apply(text(Self.mixed, from: 101), by: rules, isStream: true)
        #expect(made.refusal == "changes:104: there is no such person")
        #expect((made.records, made.added, made.transactionID) == (1, 1, "1"))
        #expect(try feed.provider.person(Array("a".utf8)) != nil)
        #expect(try feed.provider.person(Array("c".utf8)) == nil)
    }

    @Test func whatIsNoLDIFEndsAStreamBehindWhatIs() throws {
        let made = try feed.provider.apply(
            text("dn: uid=a\ncn: A\n\nnonsense\n\ndn: uid=c\ncn: C\n"), by: rules, isStream: true)
        #expect(made.records == 1)
        #expect(made.refusal?.hasPrefix("changes:4") == true, "\(made.refusal ?? "")")
        let error = #expect(throws: IdentityProviderError.self) {
            try feed.provider.apply(text("dn: uid=x\ncn: A\n\nnonsense\n"), by: rules, isStream: false)
        }
        #expect(error?.code == .change)
        #expect(try feed.provider.person(Array("x".utf8)) == nil)
    }

    @Test(arguments: ["", "version: 1\n\n", "# only this\n"])
    func aTextWithoutRecordsChangesNothing(_ lines: String) throws {
        let made = try feed.provider.apply(text(lines), by: rules, isStream: true)
        #expect(made == SignalledChanges(transactionID: "0"))
    }

    @Test func urlsAreNotFollowed() throws {
        let made = try feed.provider.apply(
            text("dn: uid=a\ncn:< file:///etc/passwd\n"), by: rules, isStream: true)
        #expect(made.records == 0 && made.refusal?.isEmpty == false)
    }
}

import Schema
import Storage
import StorageTesting
import Testing

@testable import AttributeIndex

/// A directory that is not as it was written gives exact answers or none.
struct StoreDamageTests {
    typealias Fixture = StoreFixture

    /// Three entries in a segment, and three changes in the journal.
    static func small() throws -> SimulatedFileSystem {
        let files = SimulatedFileSystem()
        let store = try Fixture.open(files, .write)
        try store.replaceAll(with: Fixture.builder(Fixture.campus(people: 0..<1)), metadata: Fixture.metadata)
        for number in 1..<4 { try store.apply([.put(Fixture.person(number))], schema: .builtIn) }
        return files
    }

    /// What a reader finds; nil when it is refused.
    static func read(_ files: SimulatedFileSystem) throws -> Fixture.Contents? {
        do { return try Fixture.contents(Fixture.open(files, .read)) } catch let error as StoreError {
            #expect(error.code == .damaged || error.code == .outdated)
            return nil
        } catch let error as SegmentError {
            #expect(error.isDamage)
            return nil
        }
    }

    @Test func everyFlippedOctetIsRefusedOrHarmless() throws {
        let whole = try StoreDamageTests.small()
        let expected = try Fixture.contents(Fixture.open(whole, .read))
        var (refused, healed) = (0, 0)
        for path in whole.paths where path != "/data/lock" {
            let size = try whole.contents(of: path, limit: 1 << 20).count
            for offset in 0..<size {
                let files = try whole.damaged(path) { $0[offset] ^= UInt8(1) << UInt8(offset % 8) }
                let found = try StoreDamageTests.read(files)
                #expect(found == nil || found == expected, "\(path) octet \(offset)")
                if found == nil { refused += 1 } else { healed += 1 }
                let findings = try IndexStore.check(directory: Fixture.directory, schema: .builtIn, files: files)
                #expect(!findings.isEmpty, "\(path) octet \(offset)")
                #expect(findings.allSatisfy { $0.file.hasPrefix(path) || $0.file == "/data" }, "\(findings)")
            }
        }
        #expect(refused > 1_000 && healed > 100)
    }

    @Test func everyShortenedFileIsRefusedOrHarmless() throws {
        let whole = try StoreDamageTests.small()
        let expected = try Fixture.contents(Fixture.open(whole, .read))
        for path in whole.paths where path != "/data/lock" {
            let size = try whole.contents(of: path, limit: 1 << 20).count
            for length in stride(from: 0, to: size, by: 1 + size / 40) {
                let found = try StoreDamageTests.read(whole.damaged(path) { $0.removeSubrange(length...) })
                #expect(found == nil || found == expected, "\(path) cut to \(length)")
            }
        }
    }

    @Test func octetsBehindTheAcknowledgedEndAreIgnoredAndCutOff() throws {
        let whole = try StoreDamageTests.small()
        let expected = try Fixture.contents(Fixture.open(whole, .read))
        let journal = try #require(whole.paths.first { $0.hasSuffix(".journal") })
        let size = try whole.contents(of: journal, limit: 1 << 20).count
        let files = try whole.damaged(journal) { $0 += Array("half a record".utf8) }
        #expect(try StoreDamageTests.read(files) == expected)
        #expect(try IndexStore.check(directory: Fixture.directory, schema: .builtIn, files: files) == [])
        _ = try Fixture.open(files, .write)
        #expect(try files.contents(of: journal, limit: 1 << 20).count == size)
    }

    @Test func aWriterHealsADamagedCopyOfTheManifest() throws {
        let whole = try StoreDamageTests.small()
        let good = try whole.contents(of: "/data/manifest.b", limit: 1 << 20)
        let files = try whole.damaged("/data/manifest.a") { $0[$0.count / 2] ^= 1 }
        let findings = try IndexStore.check(directory: Fixture.directory, schema: .builtIn, files: files)
        #expect(findings.map(\.file) == ["/data/manifest.a"])
        _ = try Fixture.open(files, .write)
        #expect(try files.afterCrash(.nothing).contents(of: "/data/manifest.a", limit: 1 << 20) == good)
    }

    @Test func filesOfAnotherDirectoryAreRefused() throws {
        let whole = try StoreDamageTests.small()
        let other = SimulatedFileSystem()
        let store = try Fixture.open(other, .write)
        try store.replaceAll(with: Fixture.builder(Fixture.campus(people: 7..<8)), metadata: Fixture.metadata)
        try store.apply([.put(Fixture.person(9))], schema: .builtIn)
        for path in whole.paths where path.contains("/directory/") {
            let foreign = try other.contents(of: path, limit: 1 << 20)
            #expect(try StoreDamageTests.read(whole.damaged(path) { $0 = foreign }) == nil, "\(path)")
        }
    }

    @Test func aRunningReaderKeepsWhatItHadWhenTheNewIsDamaged() throws {
        let temporary = try TemporaryDirectory()
        let (files, path) = (DiskFileSystem(), temporary.path + "/data")
        let writer = try Fixture.open(files, .write, directory: path)
        try writer.replaceAll(with: Fixture.builder(Fixture.campus(people: 0..<3)), metadata: Fixture.metadata)
        let reader = try Fixture.open(files, .read, directory: path)
        let before = try Fixture.contents(reader)
        try writer.apply([.put(Fixture.person(9))], schema: .builtIn)
        let journal = try files.open("\(path)/directory/0002.journal", .update)
        try journal.write([0xFF].span, at: 60)
        #expect(throws: StoreError(.damaged, "")) { try reader.refresh() }
        #expect(try Fixture.contents(reader) == before)
    }
}

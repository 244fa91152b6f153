import Schema
import Storage
import StorageTesting
import Testing

@testable import AttributeIndex

struct IndexStoreTests {
    typealias Fixture = StoreFixture

    @Test func refusesToReadADirectoryWithoutAnIndex() throws {
        let files = SimulatedFileSystem()
        #expect(throws: StoreError(.noIndex, "")) { try Fixture.open(files, .read) }
        let writer = try Fixture.open(files, .write)
        #expect(writer.currentGeneration().entryCount == 0)
        #expect(!IndexStore.holdsIndex(Fixture.directory, files: files))
        #expect(throws: StoreError(.noIndex, "")) { try writer.apply([], schema: .builtIn) }
        #expect(throws: StoreError(.noIndex, "")) { try Fixture.open(files, .read) }
    }

    @Test func servesWhatWasImported() throws {
        let files = SimulatedFileSystem()
        let writer = try Fixture.open(files, .write)
        let campus = try Fixture.campus(people: 0..<50)
        try writer.replaceAll(with: Fixture.builder(campus), metadata: Fixture.metadata)
        let reader = try Fixture.open(files.afterCrash(.nothing), .read)
        #expect(try Fixture.contents(reader) == Fixture.contents(campus))
        #expect(try Fixture.contents(writer) == Fixture.contents(campus))
        #expect(reader.metadata == Fixture.metadata)
        #expect(IndexStore.holdsIndex(Fixture.directory, files: files))
    }

    @Test func anImportReplacesWhatWasThereAndRemovesItsFiles() throws {
        let files = try Fixture.directory()
        let writer = try Fixture.open(files, .write)
        let campus = try Fixture.campus(people: 100..<103)
        try writer.replaceAll(with: Fixture.builder(campus), metadata: Fixture.metadata)
        #expect(try Fixture.contents(writer) == Fixture.contents(campus))
        #expect(try files.list("/data/directory").count == 1)
    }

    @Test func changesAreSeenByReadersAndDurable() throws {
        let files = try Fixture.directory(changes: 0)
        let reader = try Fixture.open(files, .read)
        let before = reader.currentGeneration()
        var model = try Fixture.contents(before)
        let writer = try Fixture.open(files, .write)
        for step in 0..<6 {
            let (put, delete) = (try Fixture.person(step + 7, version: 2), try Fixture.person(step).dn.key)
            try writer.apply([.put(put), .delete(key: delete)], schema: .builtIn)
            model[put.dn.key] = Fixture.text(put, .builtIn)
            model[delete] = nil
            #expect(try reader.refresh())
            #expect(try !reader.refresh())
            #expect(reader.currentSequence == writer.currentSequence)
            #expect(try Fixture.contents(reader) == model)
            #expect(try Fixture.contents(Fixture.open(files.afterCrash(.nothing), .read)) == model)
        }
        #expect(try Fixture.contents(before) == Fixture.contents(Fixture.campus(people: 0..<10)))
    }

    @Test func theLastOfSeveralChangesOfAnEntryCounts() throws {
        let files = try Fixture.directory(changes: 0)
        let writer = try Fixture.open(files, .write)
        let (one, two) = (try Fixture.person(1, version: 1), try Fixture.person(1, version: 2))
        try writer.apply([.put(one), .put(two), .delete(key: Fixture.person(2).dn.key)], schema: .builtIn)
        #expect(try Fixture.contents(writer)[one.dn.key] == Fixture.text(two, .builtIn))
        try writer.apply([.put(one), .delete(key: one.dn.key)], schema: .builtIn)
        #expect(try Fixture.contents(writer)[one.dn.key] == nil)
        try writer.apply([.delete(key: one.dn.key), .put(one)], schema: .builtIn)
        #expect(try Fixture.contents(writer)[one.dn.key] == Fixture.text(one, .builtIn))
    }

    @Test func aRecordNoSegmentCanHoldChangesNothing() throws {
        let files = try Fixture.directory()
        let writer = try Fixture.open(files, .write)
        let before = try Fixture.contents(writer)
        var bad = try Fixture.person(1, version: 9)
        bad.attributes.append(bad.attributes[0])
        let calls = files.writtenCount
        #expect(throws: StoreError(.refused, "")) { try writer.apply([.put(bad)], schema: .builtIn) }
        #expect(files.writtenCount == calls)
        #expect(try Fixture.contents(writer) == before)
    }

    @Test func compactionKeepsEveryEntryInOneFile() throws {
        let files = try Fixture.directory(changes: 5)
        let writer = try Fixture.open(files, .write)
        let before = try Fixture.contents(writer)
        let reader = try Fixture.open(files, .read)
        try writer.compact()
        #expect(try Fixture.contents(writer) == before)
        #expect(try files.list("/data/directory").count == 1)
        #expect(try reader.refresh())
        #expect(try Fixture.contents(reader) == before)
        #expect(reader.currentGeneration().segments.count == 1)
        #expect(try Fixture.contents(Fixture.open(files.afterCrash(.nothing), .read)) == before)
        let sequence = writer.currentSequence
        try writer.compact()
        #expect(writer.currentSequence == sequence)
    }

    @Test func oneWriterAtATime() throws {
        let files = try Fixture.directory()
        let first = try Fixture.open(files, .write)
        #expect(throws: StoreError(.locked, "")) { try Fixture.open(files, .write) }
        #expect(throws: StoreError(.files, "")) {
            try Fixture.open(files, .read).apply([], schema: .builtIn)
        }
        _ = first
    }

    @Test func aReplacementMayBeMadeOfADamagedDirectory() throws {
        let whole = try Fixture.directory()
        for path in whole.paths where path != "/data/lock" {
            let files = try whole.damaged(path) { $0 = Array("no such thing".utf8) }
            if !path.contains("manifest.") {
                #expect(throws: StoreError(.damaged, ""), "\(path)") {
                    try Fixture.contents(Fixture.open(files, .read))
                }
            }
            let store = try Fixture.open(files, .replace)
            let campus = try Fixture.campus(people: 5..<7)
            try store.replaceAll(with: Fixture.builder(campus), metadata: Fixture.metadata)
            #expect(try Fixture.contents(Fixture.open(files.afterCrash(.nothing), .read)) == Fixture.contents(campus))
        }
    }

    @Test func aPublicationWakesAnotherProcessAtOnce() throws {
        let temporary = try TemporaryDirectory()
        let path = temporary.path + "/data"
        let writer = try Fixture.open(DiskFileSystem(), .write, directory: path)
        try writer.replaceAll(with: Fixture.builder(Fixture.campus(people: 0..<3)), metadata: Fixture.metadata)
        let reader = try Fixture.open(DiskFileSystem(), .read, directory: path)
        let watch = try reader.watch()
        #expect(try !watch.wait(milliseconds: 0))
        try writer.apply([.put(Fixture.person(9))], schema: .builtIn)
        #expect(try watch.wait(milliseconds: 20))
        #expect(try reader.refresh())
        #expect(try Fixture.contents(reader) == Fixture.contents(writer))
        #expect(reader.currentGeneration().entryCount == 6)
    }

    /// 600 changes one by one over 1,500 entries: what is written must grow with the changes, not with the entries.
    @Test func oneChangeNeverCostsWhatTheDirectoryHolds() throws {
        var policy = StorePolicy()
        policy.journalLimit = 8_000
        let files = SimulatedFileSystem()
        let store = try Fixture.open(files, .write, policy: policy)
        try store.replaceAll(with: Fixture.builder(Fixture.campus(people: 0..<1_500)), metadata: Fixture.metadata)
        let (base, start) = (files.writtenCount, files.writtenCount)
        for step in 0..<600 {
            try store.apply([.put(Fixture.person(step * 7 % 1_500, version: 1))], schema: .builtIn)
            #expect(store.currentGeneration().segments.count < 24)
        }
        let perChange = (files.writtenCount - start) / 600
        #expect(perChange < base / 40, "\(perChange) octets a change, the directory has \(base)")
        #expect(store.currentGeneration().entryCount == 1_502)
    }

    /// One thread changes two people at a time and another folds everything; a third must never see only one of the two.
    @Test func aReaderFoldsWhatItFollowsAndServesEachPublicationAsItCame() throws {
        let files = try Fixture.directory(changes: 0)
        let (reader, writer) = (try Fixture.open(files, .read), try Fixture.open(files, .write))
        for step in 0..<64 {
            try writer.apply([.put(Fixture.person(step, version: 1))], schema: .builtIn)
            #expect(try reader.refresh())
            let served = reader.currentGeneration()
            #expect(served.sequence == writer.currentSequence)
            #expect(served.segments.count < 24, "\(step + 1) publications")
            #expect(try !reader.refresh())
            #expect(reader.currentGeneration() === served, "a sequence number stands for one generation")
        }
        #expect(try Fixture.contents(reader) == Fixture.contents(writer))
    }

    @Test(.timeLimit(.minutes(1))) func readersSeeWholeBatchesWhileAWriterGoesOn() async throws {
        let temporary = try TemporaryDirectory()
        let (files, path) = (DiskFileSystem(), temporary.path + "/data")
        let writer = try Fixture.open(files, .write, directory: path)
        try writer.replaceAll(with: Fixture.builder(Fixture.campus(people: 0..<2)), metadata: Fixture.metadata)
        let reader = try Fixture.open(files, .read, directory: path)
        let watch = try reader.watch()
        let last = 40
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for version in 1...last {
                    let pair = try (0..<2).map { EntryChange.put(try Fixture.person($0, version: version)) }
                    try writer.apply(pair, schema: .builtIn)
                }
            }
            group.addTask {
                for _ in 0..<5 { try writer.compact() }
            }
            group.addTask {
                var seen = 0
                while seen < last {
                    _ = try watch.wait(milliseconds: 5)
                    try reader.refresh()
                    let contents = try Fixture.contents(reader)
                    let versions = try (0..<2).map { number in
                        let text = try #require(contents[Fixture.person(number).dn.key])
                        return (0...last).last { text.contains("version \($0)|") }
                    }
                    let version = try #require(versions[0])
                    #expect(versions[0] == versions[1] && version >= seen && contents.count == 4)
                    seen = version
                }
            }
            try await group.waitForAll()
        }
        #expect(try Fixture.contents(reader) == Fixture.contents(writer))
    }
}

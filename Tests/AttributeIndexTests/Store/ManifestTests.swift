import Schema
import Storage
import StorageTesting
import Testing

@testable import AttributeIndex

struct ManifestTests {
    static func manifest(_ sequence: UInt64) -> Manifest {
        let metadata = ImportMetadata(
            suffix: "dc=example,dc=edu", imported: 1_763_700_000,
            files: [ImportedFile(path: "ldif/a people é%.ldif", size: 12, modified: -5, digest: "00ff")])
        return Manifest(
            sequence: sequence,
            index: IndexManifest(
                metadata: metadata, nextFile: 9,
                segments: [
                    SegmentFile(number: 7, size: 4_096, tail: 0xDEAD_BEEF, entries: 3),
                    SegmentFile(number: 2, size: 65_536, tail: 1, entries: 0),
                ],
                journal: JournalFile(number: 8, position: JournalPosition(length: 99, chain: 0x1234))),
            sources: [
                SourceState(
                    id: SourceID(uuid: UUIDv5(namespace: UUIDv5.url, name: [1])), name: "https://idp.example.edu/?a b",
                    position: .max, people: 12_345, snapshotTime: 1_763_700_001),
                SourceState(
                    id: SourceID(uuid: UUIDv5(namespace: UUIDv5.url, name: [2])), name: "", position: 0, people: 0,
                    snapshotTime: -1),
            ])
    }

    static let whole = ManifestTests.manifest(17)
    static let damaged = StoreError(.damaged, "")

    @Test func readsBackWhatItWrites() throws {
        var others = [ManifestTests.whole, ManifestTests.whole, Manifest(sequence: 1)]
        others[0].sources = []
        others[1].index = nil
        for manifest in [ManifestTests.whole] + others {
            #expect(ManifestText.decode(ManifestText.encode(manifest)) == manifest)
        }
    }

    @Test func aPersonCanReadIt() {
        let text = String(decoding: ManifestText.encode(ManifestTests.whole), as: UTF8.self)
        let lines = text.split(separator: "\n")
        #expect(lines[0].hasPrefix("peopled manifest 2 sequence 17 "))
        #expect(
            lines[1] == "source a1d77018-fe75-5ada-84f0-2a7c4fc0fc09 position 18446744073709551615 people 12345 "
                + "snapshot 1763700001 name https://idp.example.edu/?a%20b")
        #expect(lines[3] == "index next 9 imported 1763700000 suffix dc=example,dc=edu")
        #expect(lines[4] == "file 12 -5 00ff ldif/a%20people%20%c3%a9%25.ldif")
        #expect(lines[5] == "segment 7 size 4096 tail deadbeef entries 3")
        #expect(lines[7] == "journal 8 length 99 chain 00001234")
        #expect(lines.count == 9)
    }

    /// What peopled wrote before a directory held several sources.
    @Test func anEarlierVersionIsOutdatedNotDamaged() throws {
        let old = Array("peopled manifest 1 sequence 9 a50a36a1\nsource ldif next 2\nend 9 00000000 00000000\n".utf8)
        #expect(ManifestText.decode(old) == nil)
        #expect(ManifestText.isOutdated(old) && !ManifestText.isOutdated(ManifestText.encode(ManifestTests.whole)))
        let files = SimulatedFileSystem()
        for name in ManifestFiles.names { try files.replace("/" + name, with: old.span) }
        let copies = ManifestFiles(directory: "/", files: files)
        #expect(throws: StoreError(.outdated, "")) { try copies.read() }
        let new = ManifestTests.manifest(17)
        // A publication that was cut off when it had replaced one of them.
        #expect(
            try copies.choose(.whole(new), .outdated(sequence: 16)) == .init(manifest: new, needsHealing: true))
        #expect(throws: ManifestTests.damaged) { try copies.choose(.whole(new), .outdated(sequence: 18)) }
    }

    @Test func refusesEveryFlippedBitAndEveryTruncation() {
        let octets = ManifestText.encode(ManifestTests.whole)
        for offset in octets.indices {
            for bit in 0..<8 {
                var flipped = octets
                flipped[offset] ^= 1 << UInt8(bit)
                #expect(ManifestText.decode(flipped) == nil)
                // One flip never hides the sequence, nor makes another of it.
                #expect(ManifestText.sequence(ofDamaged: flipped) == 17)
            }
            #expect(ManifestText.decode(Array(octets[..<offset])) == nil)
        }
    }

    @Test(arguments: [
        "", "\n", "peopled", "end 1 00000000 00000000\n", "index next\n", "peopled manifest 1", "file 1 2 3 4\n",
    ])
    func refusesWhatIsNoManifest(_ text: String) {
        #expect(ManifestText.decode(Array(text.utf8)) == nil)
        #expect(ManifestText.sequence(ofDamaged: Array(text.utf8)) == nil)
    }

    @Test func theHigherWholeCopyCounts() throws {
        let (old, new) = (ManifestTests.manifest(16), ManifestTests.manifest(17))
        let copies = ManifestFiles(directory: "/", files: SimulatedFileSystem())
        #expect(try copies.choose(.whole(new), .whole(old)) == .init(manifest: new, needsHealing: true))
        #expect(try copies.choose(.whole(old), .whole(new)) == .init(manifest: new, needsHealing: true))
        #expect(try copies.choose(.whole(new), .whole(new)) == .init(manifest: new, needsHealing: false))
        #expect(try copies.choose(.missing, .missing) == nil)
    }

    @Test func aDamagedCopyCountsOnlyIfItHidesNothing() throws {
        let (first, old, new) = (ManifestTests.manifest(1), ManifestTests.manifest(16), ManifestTests.manifest(17))
        let copies = ManifestFiles(directory: "/", files: SimulatedFileSystem())
        let harmless: [(Manifest, ManifestFiles.Copy)] = [
            (first, .missing), (new, .damaged(sequence: 16)), (new, .damaged(sequence: 17)),
        ]
        for (manifest, other) in harmless {
            #expect(try copies.choose(.whole(manifest), other) == .init(manifest: manifest, needsHealing: true))
            #expect(try copies.choose(other, .whole(manifest)) == .init(manifest: manifest, needsHealing: true))
        }
        let harmful: [(ManifestFiles.Copy, ManifestFiles.Copy)] = [
            (.whole(old), .damaged(sequence: 17)), (.whole(new), .damaged(sequence: nil)), (.whole(new), .missing),
            (.damaged(sequence: 1), .damaged(sequence: 1)), (.missing, .damaged(sequence: 1)),
        ]
        for (one, other) in harmful {
            #expect(throws: ManifestTests.damaged) { try copies.choose(one, other) }
            #expect(throws: ManifestTests.damaged) { try copies.choose(other, one) }
        }
    }

    /// Fail each call of a publication in turn: afterwards the old manifest or the new one counts, on disk too.
    @Test(arguments: [Fault.error(5), .error(28), .shortWrite, .crash])
    func publicationLeavesTheOldOrTheNewManifest(_ fault: Fault) throws {
        let (old, new) = (ManifestTests.manifest(16), ManifestTests.manifest(17))
        var faulted = true
        var call = 0
        while faulted {
            let files = SimulatedFileSystem()
            try ManifestFiles(directory: "/", files: files).write(old)
            files.inject(fault, atCall: call)
            let published = (try? ManifestFiles(directory: "/", files: files).write(new)) != nil
            faulted = files.hasFaulted
            for survival in [Survival.nothing, .everything] + (0..<40).map({ .some(seed: $0) }) {
                let after = ManifestFiles(directory: "/", files: files.afterCrash(survival))
                let found = try after.read()?.manifest
                #expect(found == new || (!published && found == old), "call \(call), \(survival)")
            }
            call += 1
        }
        #expect(call > 8)
    }
}

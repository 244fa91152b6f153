import Schema
import Storage
import StorageTesting
import Testing

@testable import AttributeIndex

/// `check` must see what no checksum shows: parts of a segment that do not say the same.
struct SegmentCheckTests {
    private static let suffix = "dc=example,dc=edu"
    private static let ann = "uid=ann,\(suffix)"
    private static let bob = "uid=bob,\(suffix)"

    /// Enough entries for each kind of posting list.
    private static func campus() throws -> TamperedSegment {
        var records = [
            try RandomRecords.record(suffix, [("objectClass", ["top", "domain"]), ("dc", ["example"])]),
            try RandomRecords.record(
                "ou=Elsewhere,\(suffix)",
                [("objectClass", ["referral", "extensibleObject"]), ("ref", ["ldap://elsewhere.example/"])]),
        ]
        for (name, surname) in [("ann", "Abel"), ("bob", "Baker")] {
            records.append(try person(name, surname, "20240101000000Z"))
        }
        for number in 10..<200 {
            let surname = number % 57 == 0 ? "Abel" : "Family \(number % 5)"
            records.append(try person("p\(number)", surname, "2024010\(number % 2 + 1)000000Z"))
        }
        let deleted = ["uid=x,\(suffix)", "uid=y,\(suffix)"]
        return try TamperedSegment(
            records, tombstones: try deleted.map { try DistinguishedName(parsing: $0, schema: .builtIn).key })
    }

    private static func person(_ uid: String, _ surname: String, _ created: String) throws -> EntryRecord {
        try RandomRecords.record(
            "uid=\(uid),\(suffix)",
            [
                ("objectClass", ["top", "person", "inetOrgPerson"]), ("uid", [uid]), ("sn", [surname]),
                ("cn", ["\(uid) \(surname)", surname]), ("jpegPhoto", ["\u{1}\u{2}"]), ("createTimestamp", [created]),
                ("userPassword", ["secret \(uid)"]), ("description", [String(repeating: "long ", count: 20)]),
            ])
    }

    /// Tampers, and expects a problem with a part, of an attribute where one is named.
    private func expect(
        _ part: SegmentPart, _ attribute: String? = nil, location: SourceLocation = #_sourceLocation,
        _ tamper: (inout TamperedSegment) throws -> Void
    ) throws {
        var segment = try SegmentCheckTests.campus()
        try tamper(&segment)
        let problems = try segment.problems()
        #expect(
            problems.contains { $0.part == part && $0.attribute == attribute }, "\(problems)", sourceLocation: location)
        for secret in ["Abel", "Baker", "secret"] {
            #expect(!problems.contains { $0.first.contains(secret) }, sourceLocation: location)
        }
    }

    @Test func findsNothingInWhatTheBuilderWrites() throws {
        #expect(try SegmentCheckTests.campus().problems() == [])
        #expect(try TamperedSegment([]).problems() == [])
        for seed in [UInt64(3), .random(in: 0...99_999)] {
            var random = RandomRecords(seed: seed)
            let segment = try TamperedSegment(try random.records(300), tombstones: [Array("dc=org".utf8)])
            #expect(try segment.problems() == [], "seed \(seed)")
        }
    }

    @Test func findsKeysOutOfOrder() throws {
        try expect(.keys, "sn") { $0.body[try $0.row("sn").keys.lowerBound] = 0xFF }
    }

    @Test func findsAKeyThatIsNoValuesKey() throws {
        try expect(.valueIDs, "sn") {
            let start = try $0.place(of: "baker", in: $0.row("sn").keys)
            $0.body[start + 4] = UInt8(ascii: "s")
        }
    }

    @Test func findsAKeyThatItsHashDoesNotLeadTo() throws {
        try expect(.keyHash, "uid") {
            let slot = try $0.usedSlot($0.row("uid").hash)
            $0.set(0, at: slot)
        }
        try expect(.keyHash, "uid") { $0.add(1, at: try $0.usedSlot($0.row("uid").hash) + 4) }
        try expect(.keyHash, "uid") { $0.set(1, at: try $0.emptySlot($0.row("uid").hash)) }
    }

    @Test func findsPostingsThatAreAnotherValues() throws {
        // One entry each, told by the references themselves.
        try expect(.postings, "uid") {
            let rows = try $0.row("uid").rows.lowerBound + 4
            let (ann, bob) = (try $0.valueID("uid", "ann"), try $0.valueID("uid", "bob"))
            $0.swap(rows + 8 * ann..<rows + 8 * ann + 4, rows + 8 * bob..<rows + 8 * bob + 4)
        }
        // Lists of blocks: the difference of two entries, then how many there are.
        try expect(.postings, "sn") {
            let list = try $0.list("sn", "abel", .blocks)
            $0.add(1, at: list + PostingsFormat.headerSize + 8)
        }
        try expect(.postings, "sn") {
            let list = try $0.list("sn", "abel", .blocks)
            $0.set($0.number(at: list) - 1, at: list)
        }
        // A bitmap: one entry more.
        try expect(.postings, "createTimestamp") {
            let list = try $0.list("createTimestamp", "20240101000000", .bitmap)
            $0.body[list + PostingsFormat.headerSize] ^= 1
        }
        // A range: it begins one entry too early.
        try expect(.postings, "objectClass") {
            let list = try $0.list("objectClass", "2.5.6.6", .range)
            $0.set($0.number(at: list + PostingsFormat.headerSize) - 1, at: list + PostingsFormat.headerSize)
        }
    }

    @Test func findsAPresenceListThatIsNotThatOfTheEntries() throws {
        for attribute in ["sn", "jpegPhoto", "userPassword"] {
            try expect(.presence, attribute) {
                let index = try $0.original.index(of: attribute)
                let row = $0.footer[.attributes].lowerBound + index * AttributeRow.size
                $0.set(3, at: row + 32)
            }
        }
    }

    @Test func findsCountsThatAreNotThoseOfTheRecords() throws {
        try expect(.counts, "sn") { $0.add(1, at: try $0.row("sn").cumulative.lowerBound + 8) }
        try expect(.counts, "cn") {
            let index = try $0.original.index(of: "cn")
            $0.add(1, at: $0.footer[.attributes].lowerBound + index * AttributeRow.size + 40)
        }
    }

    @Test func findsSeveralValuesWhereNoneShouldBe() throws {
        try expect(.records, "cn") {
            let index = try $0.original.index(of: "cn")
            try #require(!$0.original.attributes[index].isSingleValued)
            $0.add(
                UInt8(AttributeRow.Flags.singleValued.rawValue),
                at: $0.footer[.attributes].lowerBound + index * AttributeRow.size)
        }
    }

    @Test func findsTrigramsThatAreNotThoseOfTheKeys() throws {
        try expect(.trigrams, "sn") { $0.set(0, at: try $0.usedSlot($0.row("sn").trigrams)) }
        try expect(.trigrams, "sn") {
            let slot = try $0.usedSlot($0.row("sn").trigrams)
            $0.set(PostingsFormat.emptyReference, at: slot + 4)
        }
        // A trigram that no key has.
        try expect(.trigrams, "sn") { $0.set(0x01_02_04, at: try $0.emptySlot($0.row("sn").trigrams)) }
        // A list that has one value instead of another.
        try expect(.trigrams, "sn") {
            let (segment, slots) = ($0, try $0.row("sn").trigrams)
            let slot = try #require(
                stride(from: slots.lowerBound, to: slots.upperBound, by: 8).first { place in
                    segment.number(at: place) != 0 && segment.number(at: place + 4) < PostingsFormat.listFlag
                })
            let count = try $0.row("sn").valueCount
            $0.set(($0.number(at: slot + 4) + 1) % count, at: slot + 4)
        }
    }

    @Test func findsAValueIDThatIsAnotherValues() throws {
        try expect(.valueIDs, "sn") {
            let (view, index) = (try $0.view(SegmentCheckTests.ann), try $0.original.index(of: "sn"))
            let ids = try $0.original.valueIDs(of: view, attribute: index)
            $0.body[ids.start] = UInt8(try $0.valueID("sn", "baker") + 1)
        }
        try expect(.valueIDs, "sn") {
            let (view, index) = (try $0.view(SegmentCheckTests.ann), try $0.original.index(of: "sn"))
            $0.body[try $0.original.valueIDs(of: view, attribute: index).start] = 0
        }
    }

    @Test func findsAValueThatIsNotItsKeys() throws {
        try expect(.valueIDs, "cn") {
            let place = try $0.place(of: "ann Abel", in: $0.view(SegmentCheckTests.ann).userAttributes)
            $0.body[place] = UInt8(ascii: "b")
        }
        // In the slice that many entries share.
        try expect(.valueIDs, "createTimestamp") {
            let place = try $0.place(of: "20240101", in: $0.footer[.sharedSlices])
            $0.body[place + 3] = UInt8(ascii: "5")
        }
    }

    @Test func findsASliceThatIsNoPartialAttributeOrAnotherAttributes() throws {
        for (offset, octet) in [(0, 0x31), (1, 0x05), (2, 0x05), (4, 0x63), (6, 0x30), (8, 0x0C)] as [(Int, UInt8)] {
            try expect(.records) {
                let view = try $0.view(SegmentCheckTests.ann)
                let sn = try $0.place(of: "\u{2}sn", in: view.userAttributes) - 3
                $0.body[sn + offset] = octet
            }
        }
        // The end of a shared slice for its beginning.
        try expect(.records) {
            let shared = $0.footer[.sharedSlices]
            let half = shared.count / 2
            $0.swap(
                shared.lowerBound..<shared.lowerBound + half, shared.lowerBound + half..<shared.lowerBound + 2 * half)
        }
    }

    @Test func findsAPasswordAmongWhatSearchesShow() throws {
        try expect(.records, "userPassword") {
            let view = try $0.view(SegmentCheckTests.ann)
            let hidden = view.keyStart - view.hiddenStart
            try $0.add(hidden, to: .user, of: SegmentCheckTests.ann)
            try $0.add(-hidden, to: .hidden, of: SegmentCheckTests.ann)
        }
    }

    @Test func findsNamesAndTreesThatDoNotFit() throws {
        // The name's text, its depth, its flags, the size of its subtree.
        try expect(.entries) {
            let view = try $0.view(SegmentCheckTests.ann)
            $0.body[try $0.place(of: "uid=ann", in: view.objectName) + 4] = UInt8(ascii: "b")
        }
        for fact in [TamperedSegment.Fact.size, .depth, .flags] {
            try expect(.entries) { try $0.add(1, to: fact, of: SegmentCheckTests.ann) }
        }
        try expect(.entries) { $0.footer.referralCount = 0 }
        try expect(.entries) { $0.footer.aliasCount = 1 }
    }

    @Test func findsAnEntryThatItsNameDoesNotLeadTo() throws {
        try expect(.entryHash) {
            let slot = try $0.usedSlot($0.footer[.entryHash])
            for place in slot..<slot + 8 { $0.body[place] = 0 }
        }
        try expect(.entryHash) { $0.set(7, at: try $0.emptySlot($0.footer[.entryHash])) }
    }

    @Test func findsChildrenThatAreNotThoseOfTheNames() throws {
        try expect(.children) {
            let parents = $0.original.parents
            let reference = parents.rows.lowerBound + 8 * Int(parents.valueCount - 1) + 4
            $0.set(2, at: reference)
        }
        try expect(.children) { $0.set(0, at: try $0.usedSlot($0.original.parents.hash)) }
    }

    @Test func findsDeletedNamesOutOfOrder() throws {
        try expect(.tombstones) {
            let section = $0.footer[.tombstones]
            $0.body[try $0.place(of: "uid=x", in: section) + 4] = UInt8(ascii: "z")
        }
        try expect(.tombstones) { $0.add(1, at: $0.footer[.tombstones].lowerBound) }
    }

    /// Whatever else may be wrong: what `check` finds whole answers as it was built. Deleted names are left out, as nothing
    /// else in a segment says what they were.
    @Test func whatIsFoundWholeAnswersAsBefore() throws {
        let seed = UInt64.random(in: 0...99_999)
        var random = RandomRecords(seed: seed)
        let whole = try TamperedSegment(try random.records(24), tombstones: [Array("dc=org".utf8)])
        let expected = try SegmentAnswers.all(whole.original)
        var found = 0
        for section in [SegmentSection.dictionaries, .entries, .entryHash] {
            for _ in 0..<70 {
                var tampered = whole
                let place = try #require(whole.footer[section].randomElement(using: &random.generator))
                tampered.body[place] ^= 1 << UInt8.random(in: 0..<8, using: &random.generator)
                if try tampered.problems().isEmpty {
                    #expect(
                        try SegmentAnswers.all(tampered.reopened()) == expected, "seed \(seed): \(section) \(place)")
                } else {
                    found += 1
                }
            }
        }
        #expect(found > 120, "seed \(seed): hardly any damage was noticed")
    }

    @Test func aFindingNamesFileSectionAttributeAndRemedy() throws {
        let files = SimulatedFileSystem()
        let people = try StoreFixture.campus(people: 0..<9)
        let store = try StoreFixture.open(files, .write)
        try store.replaceAll(with: StoreFixture.builder(people), metadata: StoreFixture.metadata)
        var tampered = try TamperedSegment(people)
        tampered.set(0, at: try tampered.usedSlot(tampered.row("sn").hash))
        let octets = tampered.octets()
        let path = try #require(files.paths.first { $0.hasSuffix(".segment") })
        let changed = try files.damaged(path) { $0 = octets }
        // The manifest must know it as its own.
        let manifests = ManifestFiles(directory: StoreFixture.directory, files: changed)
        var manifest = try #require(try manifests.read()).manifest
        manifest.index?.segments[0].size = octets.count
        let tail = octets[SegmentFile.tail(ofSize: octets.count)]
        manifest.index?.segments[0].tail = CRC32C.checksum(Array(tail).span)
        try manifests.write(manifest)
        let findings = try IndexStore.check(directory: StoreFixture.directory, schema: .builtIn, files: changed)
        let finding = try #require(findings.first)
        #expect(findings.count == 1)
        #expect(finding.file == path && finding.attribute == "sn")
        #expect(finding.description.contains("hash table of the dictionary of sn: value "))
        #expect(finding.description.hasSuffix(CheckFinding.rebuild))
    }
}

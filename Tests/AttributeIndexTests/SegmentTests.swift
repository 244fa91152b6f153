import AttributeIndex
import Schema
import Storage
import Testing

@Suite struct SegmentTests {
    @Test func givesBackARecordAsItWasAdded() throws {
        let schema = Schema.builtIn
        var builder = SegmentBuilder(schema: schema, seed: 1)
        let records = [
            try RandomRecords.record("dc=example,dc=edu", [("objectClass", ["top", "domain"]), ("dc", ["example"])]),
            try RandomRecords.record(
                "ou=People,dc=example,dc=edu", [("objectClass", ["organizationalUnit"]), ("ou", ["People"])]),
            try RandomRecords.record(
                "cn=Ada Lovelace,ou=People,dc=example,dc=edu",
                [("objectClass", ["person"]), ("cn", ["Ada Lovelace"]), ("sn", ["Lovelace"]), ("userPassword", ["x"])]),
        ]
        for record in records.reversed() { try builder.add(record) }
        let segment = try Segment(mapping: try builder.finish().mapping, schema: schema)
        #expect(segment.entryCount == 3)
        for (entry, expected) in records.enumerated() {
            let found = try segment.record(EntryID(entry))
            #expect(found.dn.text == expected.dn.text)
            #expect(found.attributes == expected.attributes)
        }
        let sn = try #require(segment.attributes.firstIndex { $0.name == "sn" })
        let value = try #require(try segment.valueID(sn, equalTo: Array("lovelace".utf8).span))
        var postings = try segment.postings(sn, value)
        #expect(try postings.next(in: segment) == 2)
        #expect(try postings.next(in: segment) == nil)
    }

    @Test func addsNamesThatTheSchemaLacks() throws {
        let extended = Schema.builtIn.addingUnknown(
            attributeTypes: [("campusCard", false), ("campusPhoto", true)], objectClasses: ["campusPerson"])
        let description = { (name: String) throws -> AttributeDescription in
            try #require(AttributeDescription(parsing: name, schema: extended))
        }
        let photo: [UInt8] = [0xFF, 0x00, 0xFE]
        let record = EntryRecord(
            dn: try DistinguishedName(parsing: "campusCard=7 a,dc=edu", schema: extended),
            attributes: [
                EntryAttribute(description: try description("objectClass"), values: [Array("campusPerson".utf8)]),
                EntryAttribute(description: try description("campusCard"), values: [Array("7 A".utf8)]),
                EntryAttribute(description: try description("campusPhoto"), values: [photo]),
            ])
        var builder = SegmentBuilder(schema: extended, seed: 1)
        try builder.add(record)
        let segment = try Segment(mapping: try builder.finish().mapping, schema: .builtIn)
        #expect(segment.schema.objectClass("campusperson") != nil)
        #expect(segment.attributes.map(\.name) == ["objectClass", "campusCard", "campusPhoto"])
        #expect(try segment.record(0).attributes == record.attributes)
        #expect(try segment.valueID(1, equalTo: Array("7 a".utf8).span) == 0)
        #expect(try segment.valueID(2, equalTo: photo.span) == 0)
    }

    @Test func anEmptySegmentOpensAndAnswers() throws {
        let noOctets: [UInt8] = []
        let segment = try Segment.built([], tombstones: [Array("dc=b".utf8), Array("dc=a".utf8), Array("dc=b".utf8)])
        #expect(segment.entryCount == 0)
        #expect(segment.attributes.isEmpty)
        #expect(try segment.entry(withKey: Array("dc=a".utf8).span) == nil)
        #expect(try segment.subtree(of: noOctets.span).isEmpty)
        #expect(try segment.subtree(of: Array("dc=a".utf8).span).isEmpty)
        #expect(try segment.childCount(ofKey: noOctets.span) == 0)
        #expect(segment.tombstoneCount == 2)
        let first = try segment.tombstone(0)
        #expect(first.indices.map { first[$0] } == Array("dc=a".utf8))
        #expect(throws: SegmentError.self) { try segment.record(0) }
        #expect(throws: SegmentError.self) { try segment.presence(0) }
        #expect(throws: SegmentError.self) { _ = try segment.tombstone(2) }
    }

    @Test func theEmptyNameCanBeAnEntry() throws {
        let noOctets: [UInt8] = []
        let segment = try Segment.built([
            EntryRecord(dn: .empty, attributes: try RandomRecords.record("dc=a", [("cn", ["root"])]).attributes),
            try RandomRecords.record("dc=a", [("dc", ["a"])]),
        ])
        #expect(try segment.entry(withKey: noOctets.span) == 0)
        #expect(try segment.subtree(ofEntry: 0) == 0..<2)
        #expect(try segment.childCount(ofKey: noOctets.span) == 1)
        #expect(try segment.view(0).depth == 0)
    }

    @Test func keepsValuesLargerThanABlock() throws {
        let text = String(repeating: "Lorem ipsum ", count: 12_000)
        let record = try RandomRecords.record(
            "cn=a,dc=edu",
            [
                ("cn", ["a"]), ("description", [text, "short"]),
                ("jpegPhoto", [String(repeating: "\u{7F}", count: 200_000)]),
            ])
        let segment = try Segment.built([record])
        #expect(try segment.record(0).attributes == record.attributes)
        let description = try segment.index(of: "description")
        let key = Array(text.lowercased().utf8.dropLast())
        let valueID = try #require(try segment.valueID(description, equalTo: key.span))
        let stored = try segment.key(description, valueID)
        #expect(stored.indices.map { stored[$0] } == key)
        var candidates = try #require(
            try segment.trigramCandidates(description, needle: Array("m ipsum l".utf8).span))
        #expect(try candidates.next(in: segment) == valueID)
    }

    @Test func tenThousandDescriptionsAreTenThousandAttributes() throws {
        let record = try RandomRecords.record(
            "cn=a,dc=edu", [("cn", ["a"])] + (0..<10_000).map { ("cn;x-option\($0)", ["value \($0)"]) })
        let segment = try Segment.built([record])
        #expect(segment.attributes.count == 10_001)
        #expect(try segment.record(0).attributes == record.attributes)
        let one = try #require(AttributeDescription(parsing: "cn;x-option77", schema: .builtIn))
        #expect(segment.attributes(matching: one).map { segment.attributes[$0].name } == ["cn;x-option77"])
        let name = try #require(AttributeDescription(parsing: "name", schema: .builtIn))
        #expect(segment.attributes(matching: name).count == 10_001)
    }

    @Test func refusesTwoEntriesOfOneName() throws {
        var builder = SegmentBuilder(schema: .builtIn, seed: 1)
        try builder.add(try RandomRecords.record("cn=Ada,dc=edu", [("cn", ["Ada"])]))
        let twin = try RandomRecords.record("CN=ada, DC=EDU", [("cn", ["ada"])])
        #expect(throws: SegmentError(.duplicateEntry, "")) { try builder.add(twin) }
        #expect(try Segment(mapping: try builder.finish().mapping, schema: .builtIn).entryCount == 1)
    }

    @Test func refusesRecordsThatNoAnswerCanCarry() throws {
        var builder = SegmentBuilder(schema: .builtIn, seed: 1)
        let empty = try RandomRecords.record("cn=a,dc=edu", [("cn", [])])
        let twice = try RandomRecords.record("cn=a,dc=edu", [("sn", ["a"]), ("cn", ["a"]), ("cn", ["b"])])
        let unknown = EntryRecord(
            dn: twice.dn,
            attributes: [
                EntryAttribute(
                    description: AttributeDescription(type: AttributeTypeID(rawValue: .max)), values: [[1]])
            ])
        for record in [empty, twice, unknown] {
            #expect(throws: SegmentError(.invalidRecord, "")) { try builder.add(record) }
        }
        try builder.add(try RandomRecords.record("cn=a,dc=edu", [("sn", ["a"]), ("cn", ["a"])]))
        let segment = try Segment(mapping: try builder.finish().mapping, schema: .builtIn)
        #expect(try segment.numbers(segment.presence(segment.index(of: "cn"))) == [0])
    }

    @Test func aValueThatItsRuleRefusesIsKeptAndMatchesNothing() throws {
        let record = try RandomRecords.record("cn=a,dc=edu", [("cn", ["a"]), ("uidNumber", ["seven", "8"])])
        let segment = try Segment.built([record])
        #expect(try segment.record(0).attributes == record.attributes)
        let uidNumber = try segment.index(of: "uidNumber")
        #expect(segment.attributes[uidNumber].valueCount == 1)
        let ids = try segment.valueIDs(of: try segment.view(0), attribute: uidNumber)
        #expect(ids.count == 2)
        #expect(try ids.valueID(0, in: segment) == nil)
        #expect(try ids.valueID(1, in: segment) == 0)
    }

    @Test func hidesPasswordsFromEveryQuestionButTheRecord() throws {
        let segment = try Segment.built([
            try RandomRecords.record("cn=a,dc=edu", [("cn", ["a"]), ("userPassword", ["secret"])])
        ])
        let password = try segment.index(of: "userPassword")
        #expect(segment.attributes[password].isHidden)
        #expect(!segment.attributes[password].hasDictionary)
        let description = try #require(AttributeDescription(parsing: "userPassword", schema: .builtIn))
        #expect(segment.attributes(matching: description).isEmpty)
        let view = try segment.view(0)
        let shown = try segment.octets(view.userAttributes)
        let octets = shown.indices.map { shown[$0] }
        #expect(!octets.contains(Array("secret".utf8)))
        #expect(try segment.record(0).values(of: description) == [Array("secret".utf8)])
    }

    @Test func oneSeedGivesOneFile() throws {
        var random = RandomRecords(seed: 3)
        let records = try random.records(50)
        #expect(try Segment.image(records, seed: 9).copy == Segment.image(records, seed: 9).copy)
    }

    @Test func refusesASchemaThatComparesOtherwise() throws {
        let segment = try Segment.built([
            try RandomRecords.record("cn=a,dc=edu", [("cn", ["a"]), ("uidNumber", ["7"])])
        ])
        let definitions = try SchemaDefinitions(
            parsing: Array(
                "attributetype ( 1.3.6.1.4.1.99999.1 NAME 'campusNumber' EQUALITY integerMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.27 )"
                    .utf8),
            file: "campus.schema")
        let campus = try Schema.builtIn.adding(definitions)
        let description = try #require(AttributeDescription(parsing: "campusNumber", schema: campus))
        var builder = SegmentBuilder(schema: campus, seed: 1)
        try builder.add(
            EntryRecord(
                dn: try DistinguishedName(parsing: "cn=a,dc=edu", schema: campus),
                attributes: [EntryAttribute(description: description, values: [Array("7".utf8)])]))
        let mapping = try builder.finish().mapping
        #expect(try Segment(mapping: mapping, schema: campus).entryCount == 1)
        #expect(throws: SegmentError(.schemaChanged, "")) { try Segment(mapping: mapping, schema: .builtIn) }
        #expect(segment.entryCount == 1)
    }

    @Test func aDescriptionStandsForItsSubtypesAndForMoreOptions_RFC4512_2_5_3() throws {
        let segment = try Segment.built([
            try RandomRecords.record(
                "cn=a,dc=edu",
                [
                    ("cn", ["a"]), ("cn;lang-fr", ["b"]), ("cn;lang-fr-ca;x-old", ["c"]), ("sn;lang-fr", ["d"]),
                    ("mail", ["e"]), ("userPassword", ["f"]),
                ])
        ])
        let table: [(String, [String])] = [
            ("cn", ["cn", "cn;lang-fr", "cn;lang-fr-ca;x-old"]),
            ("name", ["cn", "cn;lang-fr", "cn;lang-fr-ca;x-old", "sn;lang-fr"]),
            ("name;lang-fr", ["cn;lang-fr", "sn;lang-fr"]),
            ("cn;lang-fr-", ["cn;lang-fr", "cn;lang-fr-ca;x-old"]),
            ("cn;lang-de", []), ("title", []), ("userPassword", []),
        ]
        for (asked, expected) in table {
            let description = try #require(AttributeDescription(parsing: asked, schema: .builtIn))
            let found = segment.attributes(matching: description).map { segment.attributes[$0].name }
            #expect(found == expected, "\(asked)")
        }
    }
}

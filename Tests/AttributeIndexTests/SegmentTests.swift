import AttributeIndex
import Schema
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
}

import AttributeIndex
import Schema
import Testing

@Suite struct SegmentTests {
    @Test func givesBackARecordAsItWasAdded() throws {
        let schema = Schema.builtIn
        var builder = SegmentBuilder(schema: schema, seed: 1)
        let records = [
            try record("dc=example,dc=edu", [("objectClass", ["top", "domain"]), ("dc", ["example"])]),
            try record("ou=People,dc=example,dc=edu", [("objectClass", ["organizationalUnit"]), ("ou", ["People"])]),
            try record(
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

    private func record(_ dn: String, _ attributes: [(String, [String])]) throws -> EntryRecord {
        let schema = Schema.builtIn
        return EntryRecord(
            dn: try DistinguishedName(parsing: dn, schema: schema),
            attributes: try attributes.map { name, values in
                EntryAttribute(
                    description: try #require(AttributeDescription(parsing: name, schema: schema)),
                    values: values.map { Array($0.utf8) })
            })
    }
}

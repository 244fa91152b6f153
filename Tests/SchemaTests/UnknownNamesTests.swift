import Testing

@testable import Schema

@Suite struct UnknownNamesTests {
    @Test(arguments: [
        ("", "da39a3ee5e6b4b0d3255bfef95601890afd80709"), ("abc", "a9993e364706816aba3e25717850c26c9cd0d89d"),
        ("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "84983e441c3bd26ebaae4aa1f95129e5e54670f1"),
    ])
    func fips180SHA1(message: String, digest: String) {
        let hex = SHA1.digest(of: Array(message.utf8)).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        #expect(hex == digest)
    }

    @Test func unknownNamesGetTypesClassesAndStableOIDs() throws {
        let schema = builtIn.addingUnknown(
            attributeTypes: [
                ("campusBadge", false), ("campusPhoto", true), ("CAMPUSBADGE", true), ("cn", true), ("1.2.3.4", false),
            ],
            objectClasses: ["campusPerson", "person"])
        #expect(schema.attributeTypes.count == builtIn.attributeTypes.count + 3)
        let badge = try #require(schema.attributeType("campusbadge"))
        #expect(badge.name == "campusBadge" && badge.isUndeclared)
        #expect(badge.equality?.name == "caseIgnoreMatch")
        #expect(schema.attributeType("campusPhoto")?.syntax.isText == false)
        #expect(schema.attributeType("1.2.3.4")?.name == "1.2.3.4")
        let campusPerson = try #require(schema.objectClass("campusPerson"))
        #expect(campusPerson.isUndeclared && campusPerson.kind == .auxiliary)
        #expect(schema.objectClasses.count == builtIn.objectClasses.count + 1)
        #expect(schema.attributeType("cn")?.isUndeclared == false)
        #expect(badge.oid.hasPrefix("2.25."))
        let again = builtIn.addingUnknown(attributeTypes: [("CampusBadge", false)], objectClasses: [])
        #expect(again.attributeType("campusBadge")?.oid == badge.oid, "whatever the spelling, the OID is the same")
        #expect(schema.attributeType(badge.oid) === badge)
    }

    @Test func aClassAndAnAttributeOfOneNameDifferInOID() {
        let schema = builtIn.addingUnknown(attributeTypes: [("campus", false)], objectClasses: ["campus"])
        #expect(schema.attributeType("campus")?.oid != schema.objectClass("campus")?.oid)
    }
}

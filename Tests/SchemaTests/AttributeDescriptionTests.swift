import Testing

@testable import Schema

@Suite struct AttributeDescriptionTests {
    @Test(arguments: [
        ("CN", "cn"), ("2.5.4.3", "cn"), ("commonname;LANG-FR", "cn;lang-fr"),
        ("cn;lang-fr;lang-de", "cn;lang-de;lang-fr"),
        ("cn;lang-fr;lang-fr", "cn;lang-fr"), ("cn;x-foo", "cn;x-foo"), ("userCertificate", "userCertificate;binary"),
        ("usercertificate;Binary", "userCertificate;binary"), ("createtimestamp", "createTimestamp"),
    ])
    func rfc4512Section2Point5ReadsAndNames(written: String, name: String) {
        #expect(AttributeDescription(parsing: written, schema: builtIn)?.name(in: builtIn) == name)
    }

    @Test(arguments: [
        "", "noSuchType", "cn;", "cn;;lang-fr", "cn;lang_fr", "cn;foo", "cn;binary", "jpegPhoto;binary", ";lang-fr",
        "createTimestamp;lang-fr", "cn lang", "1.2.3.4",
    ])
    func rfc4512Section2Point5RefusesUnknownAndMalformed(written: String) {
        #expect(AttributeDescription(parsing: written, schema: builtIn) == nil)
    }

    @Test(arguments: [
        ("cn", "cn", true), ("cn", "name", true), ("name", "cn", false), ("cn;lang-fr", "cn", true),
        ("cn", "cn;lang-fr", false), ("cn;lang-fr", "name;lang-fr", true), ("cn;lang-de;lang-fr", "cn;lang-fr", true),
        ("cn;lang-de", "cn;lang-fr", false), ("cn;lang-en-us", "cn;lang-en-", true),
        ("cn;lang-en", "cn;lang-en-", true),
        ("cn;lang-eng", "cn;lang-en-", false), ("cn;lang-fr", "cn;lang-", true), ("uid", "name", false),
        ("member", "distinguishedName", true), ("registeredAddress", "postalAddress", true),
    ])
    func rfc4512Section2Point5Point3Subtypes(given: String, asked: String, isSubtype: Bool) throws {
        let given = try #require(AttributeDescription(parsing: given, schema: builtIn))
        let asked = try #require(AttributeDescription(parsing: asked, schema: builtIn))
        #expect(given.isSubtype(of: asked, in: builtIn) == isSubtype)
    }
}

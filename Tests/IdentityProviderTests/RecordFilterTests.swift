import CommonInterface
import Schema
import Testing

@testable import IdentityProvider

@Suite struct RecordFilterTests {
    private let babs = person(
        "babs",
        [
            "cn": ["Barbara Jensen", "Babs"], "sn;lang-fr": ["Jensen"], "mail": ["babs@example.edu"],
            "eduPersonEntitlement": ["https://sp.example.edu/x", "urn:mace:y"], "campusThing": ["Blue  Sky"],
            "uidNumber": ["1000"],
        ])

    @Test(arguments: [
        "(uid=BABS)", "(cn=barbara  jensen)", "(cn=*jen*)", "(cn=bar*sen)", "(cn=b*b*s)", "(name=Babs)", "(sn=jensen)",
        "(sn;lang-fr=jensen)", "(2.5.4.3=babs)", "(eduPersonEntitlement=https://sp.example.edu/x)",
        "(campusThing=blue sky)", "(campusThing=blue*)", "(uidNumber>=999)", "(uidNumber<=1000)", "(mail=*)",
        "(!(uid=other))", "(&(uid=babs)(|(cn=x)(cn=babs)))", "(&)", "(cn:caseExactMatch:=Babs)",
        "(|(unknownRule:1.2.3:=x)(uid=babs))",
    ])
    func matches(filter: String) throws {
        #expect(try RecordFilter(filter, schema: .builtIn).matches(babs))
    }

    @Test(arguments: [
        "(uid=bab)", "(cn=*jensenn*)", "(sn;lang-de=jensen)", "(eduPersonEntitlement=https://sp.example.edu/X)",
        "(uidNumber>=1001)", "(description=*)", "(|)", "(!(uid=babs))", "(cn:caseExactMatch:=babs)", "(cn=b*babs*s)",
        // Undefined is not true, nor is its negation (RFC 4511 section 4.5.1.7).
        "(cn:1.2.3:=x)", "(!(cn:1.2.3:=x))", "(uidNumber=abc)", "(!(uidNumber=abc))",
    ])
    func doesNotMatch(filter: String) throws {
        #expect(try !RecordFilter(filter, schema: .builtIn).matches(babs))
    }

    @Test(arguments: ["", "uid=babs", "(uid=babs", "(uid=babs))", "(:caseExactMatch:=x)", "(cn:dn:=x)"])
    func isRefused(filter: String) {
        #expect(throws: ReleaseError.self) { _ = try RecordFilter(filter, schema: .builtIn) }
    }

    @Test func recordsAreEqualWhenTheySayTheSame() {
        let one = IdentityRecord(
            subject: [1],
            attributes: [IdentityAttribute("sn", text: "b", "a", "b"), IdentityAttribute("CN", text: "x")])
        let other = IdentityRecord(
            subject: [1],
            attributes: [
                IdentityAttribute("CN", text: "x"), IdentityAttribute("mail", []), IdentityAttribute("sn", text: "a"),
                IdentityAttribute("sn", text: "b"),
            ])
        #expect(one == other && one.encoded == other.encoded)
        #expect(IdentityRecord(encoded: one.encoded.span) == one)
        for count in one.encoded.indices {
            #expect(IdentityRecord(encoded: Array(one.encoded.prefix(count)).span) == nil)
        }
        #expect(IdentityRecord(encoded: (one.encoded + [0]).span) == nil)
    }
}

import Directory
import LDAP
import Testing

/// What `peopled search --explain` tells.
@Suite struct ExplainTests {
    let directory: TestDirectory

    init() throws { directory = try campusDirectory.get() }

    private func explain(
        _ filter: String, base: String = "dc=example,dc=edu", scope: SearchScope = .sub
    ) throws -> SearchExplanation {
        directory.view.explain(base: base, scope: scope, filter: try Filter(parsing: filter))
    }

    @Test func tellsWhatDrives() throws {
        let found = try explain("(&(objectClass=person)(uid=ann)(!(cn=bob*)))")
        #expect(found.matches == 1)
        #expect(found.components.map(\.drives) == [false, false, true, false, false])
        #expect(found.components.map(\.estimate) == [1, 2, 1, nil, 1])
        #expect(found.components.map(\.depth) == [0, 1, 1, 1, 2])
        #expect(found.reasons.isEmpty)
    }

    @Test func tellsWhyAnItemIsUndefined() throws {
        let found = try explain("(|(noSuchAttribute=1)(uidNumber=abc)(userPassword=x))")
        #expect(found.components.dropFirst().allSatisfy { $0.undefined != nil })
        #expect(found.reasons.count == 3)
        #expect(found.description.contains("(noSuchAttribute=1)  Undefined: the schema has no such attribute"))
    }

    @Test func tellsWhyNothingMatched() throws {
        #expect(
            try explain("(&(uid=ann)(sn=builder))").reasons == [
                "each part holds for some entry, but all together for none"
            ])
        #expect(try explain("(&(uid=ann)(sn=nobody))").reasons == ["(sn=nobody) holds for no entry at all"])
        #expect(
            try explain("(uid=ann)", base: "ou=Groups,dc=example,dc=edu").reasons == [
                "outside the scope, entries match: 1"
            ])
        let missing = try explain("(uid=ann)", base: "ou=None,dc=example,dc=edu")
        #expect(missing.result.code == .noSuchObject)
        #expect(missing.description.contains("the closest entry is dc=example,dc=edu"))
    }
}

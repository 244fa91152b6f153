import Directory
import LDAP
import Testing

/// Whose an entry is, is for the agent itself: no search, filter or comparison tells.
@Suite struct SourceAttributeTests {
    static let bob = "uid=bob,dc=example,dc=edu"
    static let value = "3f0c1b52-6e63-5f35-9d0c-0f3a0b1c2d3e bob"

    let directory: TestDirectory

    init() throws {
        directory = try TestDirectory(
            """
            dn: dc=example,dc=edu
            objectClass: domain
            dc: example

            dn: uid=bob,dc=example,dc=edu
            objectClass: account
            uid: bob
            identitySource: \(Self.value)
            """)
    }

    @Test(arguments: [[], ["*", "+"], ["identitySource"], ["2.25.238510013020208063885990062756040616680"]])
    func isNeverReturned(_ attributes: [String]) throws {
        let answer = try directory.search(Query(base: Self.bob, scope: .base, attributes: attributes))
        #expect(answer.names == [Self.bob])
        let names = answer.attributes[Self.bob]?.keys.map { $0.lowercased() } ?? []
        #expect(!names.contains { $0.contains("identitysource") || $0.hasPrefix("2.25.") })
    }

    @Test(arguments: [
        "(identitySource=*)", "(identitySource=\(value))", "(identitySource>=3)", "(:octetStringMatch:=\(value))",
        "(!(identitySource=*))", "(identitySource:=\(value))",
    ])
    func isNeverMatched(_ filter: String) throws {
        #expect(try directory.search(Query(filter: filter)).names == [])
    }

    @Test func isComparedForNobody() throws {
        #expect(try directory.compare(Self.bob, "identitySource", Self.value).code == .insufficientAccessRights)
    }
}

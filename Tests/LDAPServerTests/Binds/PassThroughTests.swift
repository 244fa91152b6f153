import LDAPClient
import Schema
import Testing

@testable import LDAPServer

private func rule(_ entries: PassThrough.Entries) throws -> PassThrough {
    let template = try DistinguishedName(parsing: "uid=$user,dc=example", schema: .builtIn)
    return PassThrough(
        entries, name: .template(template), upstream: Upstream(host: "127.0.0.1", port: 1, security: .none))
}

private func octets(_ texts: [String]) -> [[UInt8]] { texts.map { Array($0.utf8) } }

@Test(arguments: [
    (["{SASL}ann@campus"], "ann"), (["{sasl}ann@CAMPUS"], "ann"), (["{SSHA}x", "{SASL}a@b@campus"], "a@b"),
    (["{SASL}ann@other"], nil), (["{SASL}ann"], nil), (["{SASL}@campus"], nil), (["ann@campus"], nil), ([], nil),
])
func usersOfARealm(passwords: [String], user: String?) throws {
    #expect(try rule(.sasl(realm: "campus")).user(passwords: octets(passwords), uid: "ann") == user)
}

@Test func usersOfAnyRealmOrNone() throws {
    let any = try rule(.sasl(realm: nil))
    #expect(any.user(passwords: octets(["{SASL}ann"]), uid: nil) == "ann")
    #expect(any.user(passwords: octets(["{SASL}ann@x"]), uid: nil) == "ann")
}

@Test func entriesWithoutAPasswordAreKnownByTheirUID() throws {
    let without = try rule(.withoutPassword)
    #expect(without.user(passwords: [], uid: "ann") == "ann")
    #expect(without.user(passwords: [], uid: nil) == nil)
    #expect(without.user(passwords: octets(["{SSHA}x"]), uid: "ann") == nil)
}

@Test(arguments: [
    ("ann", "uid=ann,dc=example"), ("a,dc=evil", "uid=a\\,dc=evil,dc=example"),
    ("a+cn=x", "uid=a\\+cn\\=x,dc=example"),
])
func aNameInATemplateStaysAValue_RFC4514(user: String, expected: String) throws {
    let template = try DistinguishedName(parsing: "uid=$user,dc=example", schema: .builtIn)
    let text = template.replacing(PassThrough.placeholder, by: user)
    let name = try DistinguishedName(parsing: text, schema: .builtIn)
    #expect(name.rdns.count == 2 && name.rdns.first?.assertions.count == 1)
    #expect(name == (try DistinguishedName(parsing: expected, schema: .builtIn)))
}

@Test func nobodyIsVerifiedOrRefusedByAServerThatIsDown() throws {
    let claim = UpstreamClaim(rule: try rule(.withoutPassword), user: "ann", attributeValue: nil)
    let (secret, none) = (Array("secret".utf8), [UInt8]())
    guard case .unavailable = claim.verify(secret.span) else {
        Issue.record("a verdict")
        return
    }
    let withoutPassword = claim.verify(none.span)
    #expect(withoutPassword == .refused)
}

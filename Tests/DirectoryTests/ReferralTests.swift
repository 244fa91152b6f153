import Directory
import Foundation
import LDAP
import Testing

/// Referral entries and ManageDsaIT (RFC 3296), with URLs rewritten as OpenLDAP does.
@Suite struct ReferralTests {
    static let directory = Result { try TestDirectory(campus + "\n\n" + referrals) }
    let directory: TestDirectory

    init() throws { directory = try ReferralTests.directory.get() }

    private static let referrals = """
        dn: ou=Far,dc=example,dc=edu
        objectClass: referral
        objectClass: extensibleObject
        ou: Far
        ref: ldap://far.example.edu/ou=Away,dc=example,dc=org The far side

        dn: ou=Bare,dc=example,dc=edu
        objectClass: referral
        objectClass: extensibleObject
        ou: Bare
        ref: ldap://bare.example.edu
        ref: https://bare.example.edu/people
        """

    @Test(
        "RFC 3296 section 5.2: continuation references",
        arguments: [
            (
                SearchScope.sub, ["ldap://far.example.edu/ou=Away,dc=example,dc=org??sub"],
                "ldap://bare.example.edu/ou=Bare,dc=example,dc=edu??sub"
            ),
            (
                .one, ["ldap://far.example.edu/ou=Away,dc=example,dc=org??base"],
                "ldap://bare.example.edu/ou=Bare,dc=example,dc=edu??base"
            ),
            (
                .subordinate, ["ldap://far.example.edu/ou=Away,dc=example,dc=org??sub"],
                "ldap://bare.example.edu/ou=Bare,dc=example,dc=edu??sub"
            ),
        ])
    func refersInSearches(scope: SearchScope, far: [String], bare: String) throws {
        let answer = try directory.search(Query(scope: scope, filter: "(uid=ann)"))
        #expect(answer.code == .success)
        #expect(answer.names == (scope == .one ? [] : [ann]))
        #expect(Set(answer.references) == [far, [bare, "https://bare.example.edu/people"]])
    }

    @Test(
        "RFC 3296 section 5.1: a base at a referral, or below one",
        arguments: [
            ("ou=Far,dc=example,dc=edu", SearchScope.base, "ldap://far.example.edu/ou=Away,dc=example,dc=org??base"),
            ("ou=far,dc=example,dc=edu", .sub, "ldap://far.example.edu/ou=Away,dc=example,dc=org??sub"),
            ("uid=x,ou=Far,dc=example,dc=edu", .one, "ldap://far.example.edu/uid=x,ou=Away,dc=example,dc=org??one"),
            (
                "uid=x,cn=y z,ou=Far,dc=example,dc=edu", .sub,
                "ldap://far.example.edu/uid=x,cn=y%20z,ou=Away,dc=example,dc=org??sub"
            ),
        ])
    func refersAtTheBase(base: String, scope: SearchScope, url: String) throws {
        let answer = try directory.search(Query(base: base, scope: scope))
        #expect(
            answer == Answer(code: .referral, matchedDN: "ou=Far,dc=example,dc=edu", referral: [url]))
    }

    @Test("RFC 3296 section 3: ManageDsaIT")
    func managesReferralsAsEntries() throws {
        var query = Query(filter: "(objectClass=referral)", manageDsaIT: true)
        let answer = try directory.search(query)
        #expect(answer.sorted == ["ou=Bare,dc=example,dc=edu", "ou=Far,dc=example,dc=edu"])
        #expect(answer.references.isEmpty)
        query.base = "ou=Far,dc=example,dc=edu"
        query.scope = .base
        #expect(try directory.search(query).names == ["ou=Far,dc=example,dc=edu"])
    }

    @Test func comparesAreReferred() throws {
        let at = try directory.compare("ou=Far,dc=example,dc=edu", "ou", "Far")
        #expect(at.code == .referral)
        let below = try directory.compare("uid=x,ou=Far,dc=example,dc=edu", "uid", "x")
        #expect(below.referral == ["ldap://far.example.edu/uid=x,ou=Away,dc=example,dc=org"])
        #expect(try directory.compare("ou=Far,dc=example,dc=edu", "ou", "far", manageDsaIT: true).code == .compareTrue)
    }

    @Test func referencesComeOnTheFirstPageOnly() throws {
        var query = Query(filter: "(uid=*)", page: PageRequest(size: 1))
        let first = try directory.search(query)
        #expect(first.references.count == 2)
        query.page?.position = first.nextPage
        #expect(try directory.search(query).references.isEmpty)
    }

    /// Referral entries that came by later changes are in segments of their own, which a later page may be the first to reach.
    @Test func pagesHoldTheReferencesOfEverySegmentOnce() throws {
        let two = ReferralTests.referrals.components(separatedBy: "\n\n")
        let several = try TestDirectory(two[0], two[1], campus)
        for size in 1...6 {
            var query = Query(filter: "(objectClass=*)", page: PageRequest(size: size))
            var names: [String] = []
            var references: [[String]] = []
            repeat {
                let answer = try several.search(query)
                names += answer.names
                references += answer.references
                query.page?.position = answer.nextPage
            } while query.page?.position != nil
            #expect(Set(names).count == names.count)
            #expect(references.count == 2, "pages of \(size)")
        }
    }
}

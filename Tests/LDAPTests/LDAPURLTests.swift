import LDAP
import Testing

@Suite struct LDAPURLTests {
    /// RFC 4516 §4, all of it.
    @Test(arguments: [
        ("ldap:///o=University%20of%20Michigan,c=US", LDAPURL(dn: "o=University of Michigan,c=US")),
        (
            "ldap://ldap1.example.net/o=University%20of%20Michigan,c=US",
            LDAPURL(host: "ldap1.example.net", dn: "o=University of Michigan,c=US")
        ),
        (
            "ldap://ldap1.example.net/o=University%20of%20Michigan,c=US?postalAddress",
            LDAPURL(host: "ldap1.example.net", dn: "o=University of Michigan,c=US", attributes: ["postalAddress"])
        ),
        (
            "ldap://ldap1.example.net:6666/o=University%20of%20Michigan,c=US??sub?(cn=Babs%20Jensen)",
            LDAPURL(
                host: "ldap1.example.net", port: 6666, dn: "o=University of Michigan,c=US", scope: .sub,
                filter: .equality("cn", "Babs Jensen"))
        ),
        (
            "LDAP://ldap1.example.com/c=GB?objectClass?ONE",
            LDAPURL(host: "ldap1.example.com", dn: "c=GB", attributes: ["objectClass"], scope: .one)
        ),
        (
            "ldap://ldap2.example.com/o=Question%3f,c=US?mail",
            LDAPURL(host: "ldap2.example.com", dn: "o=Question?,c=US", attributes: ["mail"])
        ),
        (
            "ldap://ldap3.example.com/o=Babsco,c=US???(four-octet=%5c00%5c00%5c00%5c04)",
            LDAPURL(host: "ldap3.example.com", dn: "o=Babsco,c=US", filter: .equality("four-octet", [0, 0, 0, 4]))
        ),
        (
            "ldap://ldap.example.com/o=An%20Example%5C2C%20Inc.,c=US",
            LDAPURL(host: "ldap.example.com", dn: #"o=An Example\2C Inc.,c=US"#)
        ),
        ("ldap://ldap.example.net", LDAPURL(host: "ldap.example.net")),
        ("ldap://ldap.example.net/", LDAPURL(host: "ldap.example.net")),
        ("ldap://ldap.example.net/?", LDAPURL(host: "ldap.example.net")),
        (
            "ldap:///??sub??e-bindname=cn=Manager%2cdc=example%2cdc=com",
            LDAPURL(scope: .sub, extensions: [.init("e-bindname", value: "cn=Manager,dc=example,dc=com")])
        ),
        (
            "ldap:///??sub??!e-bindname=cn=Manager%2cdc=example%2cdc=com",
            LDAPURL(
                scope: .sub,
                extensions: [.init("e-bindname", value: "cn=Manager,dc=example,dc=com", isCritical: true)])
        ),
    ])
    func readsTheExamplesOfRFC4516Section4(text: String, url: LDAPURL) throws {
        #expect(try LDAPURL(parsing: text) == url)
        #expect(try LDAPURL(parsing: url.description) == url, "\(url.description)")
    }

    @Test(arguments: [
        (
            "ldaps://[2001:db8::7]:3636/c=GB?one",
            LDAPURL(scheme: .ldaps, host: "2001:db8::7", port: 3636, dn: "c=GB", attributes: ["one"])
        ),
        ("ldap://[::1]", LDAPURL(host: "::1")),
        ("ldapi://%2Frun%2Fpeopled%2Fldapi", LDAPURL(scheme: .ldapi, host: "/run/peopled/ldapi")),
        ("ldap:///?cn,sn;lang-fr,*,+??", LDAPURL(attributes: ["cn", "sn;lang-fr", "*", "+"])),
        ("ldap:///??children", LDAPURL(scope: .subordinate)),
        (
            "ldap:///????a,!b,c=",
            LDAPURL(extensions: [.init("a"), .init("b", isCritical: true), .init("c", value: "")])
        ),
        ("ldap:///cn=%C3%BC", LDAPURL(dn: "cn=ü")),
        ("ldap://:389/", LDAPURL(port: 389)),
    ])
    func readsOtherFormsOfRFC4516Section2(text: String, url: LDAPURL) throws {
        #expect(try LDAPURL(parsing: text) == url)
        #expect(try LDAPURL(parsing: url.description) == url, "\(url.description)")
    }

    @Test(arguments: [
        "", "ldap", "ldap:", "ldap:/", "ldap:/a", "http://a/", "://a", "ldap://a:0/", "ldap://a:65536/", "ldap://a:x/",
        "ldap://a:/",
        "ldap://a:+1/", "ldap://[::1", "ldap://[::1]x/", "ldap://a?b", "ldap:///a?b?c", "ldap:///a?b?sub?(",
        "ldap:///a?b?sub?x=y",
        "ldap:///?????", "ldap:///%", "ldap:///%4", "ldap:///%zz", "ldap:///%FF", "ldap:///a b", "ldap:///ü",
        "ldap:///?a,,b",
        "ldap:///????a,", "ldap:///????=v", "ldap:///????!",
    ])
    func rejectsWhatIsNoLDAPURL(text: String) {
        #expect(throws: LDAPURLError.self) { try LDAPURL(parsing: text) }
    }

    @Test func encodesWhatWouldEndAField() throws {
        let url = LDAPURL(
            host: "h", dn: "cn=a?b,c=#/% ", attributes: ["x,y"], filter: .equality("a", "?"),
            extensions: [.init("e", value: "1,2")])
        #expect(url.description == "ldap://h/cn=a%3Fb,c=%23%2F%25%20?x%2Cy??(a=%3F)?e=1%2C2")
        #expect(try LDAPURL(parsing: url.description) == url)
    }
}

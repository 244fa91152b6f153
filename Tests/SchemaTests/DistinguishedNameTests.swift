import Testing

@testable import Schema

@Suite struct DistinguishedNameTests {
    /// The examples of RFC 4514 section 4, with the types, values and levels they show.
    @Test(arguments: [
        ("UID=jsmith,DC=example,DC=net", 3, "uid=jsmith,dc=example,dc=net"),
        ("OU=Sales+CN=J.  Smith,DC=example,DC=net", 3, "cn=j. smith+ou=sales,dc=example,dc=net"),
        (#"CN=James \"Jim\" Smith\, III,DC=example,DC=net"#, 3, #"cn=james \"jim\" smith\, iii,dc=example,dc=net"#),
        (#"CN=Before\0dAfter,DC=example,DC=net"#, 3, #"cn=Before\0DAfter,dc=example,dc=net"#),
        ("1.3.6.1.4.1.1466.0=#04024869", 1, "1.3.6.1.4.1.1466.0=Hi"),
        (#"CN=Lu\C4\8Di\C4\87"#, 1, "cn=Lučić"),
    ])
    func rfc4514Section4Examples(text: String, depth: Int, equal: String) throws {
        let name = try DistinguishedName(parsing: text, schema: builtIn)
        #expect(name.depth == depth)
        #expect(name == (try DistinguishedName(parsing: equal, schema: builtIn)))
        #expect(try DistinguishedName(parsing: name.description, schema: builtIn) == name)
    }

    @Test func rfc4514Section2AnEmptyNameIsTheZeroLengthString() throws {
        let name = try DistinguishedName(parsing: "", schema: builtIn)
        #expect(name.key.isEmpty && name.depth == 0 && name.rdns.isEmpty && name.parent == nil)
    }

    @Test(arguments: [
        ("cn=Babs Jensen", "2.5.4.3=babs   JENSEN"), ("cn=a", "commonName=A"), ("cn=a , dc=b", "cn=a,dc=b"),
        ("cn = a,dc= b", "cn=a,dc=b"), (#"cn=\20a\20"#, "cn=a"), (#"cn=a\2Cb"#, #"cn=a\,b"#),
        ("cn=a+sn=b", "sn=b + cn=a"),
        ("cn=\\#a", #"cn=\23a"#), ("cn=#0C0161", "cn=A"), ("cn=a=b", #"cn=a\=b"#), ("cn=a  ", "cn=a"),
        ("uidNumber=1", "uidNumber=1"), ("cn=STRASSE", "cn=Straße"),
    ])
    func namesThatAreEqual(left: String, right: String) throws { #expect(try dnKey(left) == dnKey(right)) }

    @Test(arguments: [
        ("cn=a", "sn=a"), ("cn=a,dc=b", "cn=a+dc=b"), (#"cn=a\,dc=b"#, "cn=a,dc=b"), ("cn=a", "cn=a,dc=b"),
        ("homeDirectory=/A,dc=b", "homeDirectory=/a,dc=b"), (#"cn=a\\"#, "cn=a"),
    ])
    func namesThatDiffer(left: String, right: String) throws { #expect(try dnKey(left) != dnKey(right)) }

    @Test(arguments: [
        ("cn", DNError.Code.malformed), ("cn=a,", .malformed), (",cn=a", .malformed), ("cn=a,,dc=b", .malformed),
        ("=a", .malformed), ("cn=a;dc=b", .malformed), (#"cn="a""#, .malformed), ("cn=<a>", .malformed),
        (#"cn=a\"#, .malformed), (#"cn=a\zz"#, .malformed), (#"cn=a\4"#, .malformed), ("cn=#", .malformed),
        ("cn=#04024", .malformed), ("cn=#0402486x", .malformed), ("cn=#04034869", .malformed), ("cn=a+", .malformed),
        ("cn=a+,dc=b", .malformed), ("1.2..3=a", .malformed), ("1=a", .malformed), ("c n=a", .malformed),
        ("noSuchType=a", .unknownAttributeType), ("cn=", .invalidValue), ("cn=,dc=a", .invalidValue),
        ("uidNumber=one", .invalidValue), ("c=USA", .invalidValue), ("cn=a+cn=b", .repeatedType),
        ("cn=a\u{0}b", .malformed), ("cn;lang-en=a", .malformed), (#"cn=\FF"#, .invalidValue), ("cn = ", .invalidValue),
    ])
    func refusesWhatIsNoName(text: String, code: DNError.Code) {
        var key: [UInt8] = [7]
        let error = #expect(throws: DNError.self) {
            try builtIn.appendDNKey(of: Array(text.utf8).span, to: &key)
        }
        #expect(error?.code == code, "\(text): \(String(describing: error))")
        #expect(key == [7], "what was appended is taken back")
    }

    @Test func rfc4514Section2Point4WritesSpecialCharactersEscaped() {
        let values: [(String, String)] = [
            (" a ", #"\ a\ "#), ("#a", "\\#a"), ("a#", "a#"), (#"a+b,c;d<e>f"g\h"#, #"a\+b\,c\;d\<e\>f\"g\\h"#),
            ("a=b", "a=b"), ("a\rb", #"a\0Db"#), ("é", "é"), (" ", #"\ "#),
        ]
        for (value, written) in values {
            let rdn = RelativeDistinguishedName([.init(type: "cn", value: Array(value.utf8))])
            #expect(rdn.description == "cn=" + written)
        }
        #expect(RelativeDistinguishedName([.init(type: "cn", value: [0xFF])]).description == #"cn=\FF"#)
    }

    @Test func parentsAreTheNamesAbove() throws {
        let name = try DistinguishedName(parsing: #"cn=a\,b, ou=People,dc=example"#, schema: builtIn)
        let parent = try #require(name.parent)
        #expect(parent.text == "ou=People,dc=example")
        #expect(parent.key == (try dnKey("ou=people,dc=example")))
        #expect(parent.parent?.parent == .empty)
        #expect(name.rdns.first?.assertions.first?.value == Array("a,b".utf8))
    }
}

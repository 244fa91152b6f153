import Testing

@testable import Schema

@Suite struct SiblingKeysTests {
    private static let names = [
        "dc=edu", "uid=a,ou=People,dc=edu", "uid=b,ou=People,dc=edu", "uid=c,ou=People, dc=edu",
        "UID = d ,ou=People,dc=edu",
        #"cn=a\,b,ou=People,dc=edu"#, #"cn=a\\,ou=People,dc=edu"#, #"cn=a\2C,ou=People,dc=edu"#, "", ",", "a",
        "a=,dc=edu",
        "cn=a+uid=b,ou=People,dc=edu", "uid=a,ou=Other,dc=edu", "uid=a,ou=Other", "nosuch=a,ou=People,dc=edu",
        "uid=e,nosuch=People,dc=edu", "uid=f,nosuch=People,dc=edu", #"uid=g\,ou=People,dc=edu"#, #"uid=g\"#,
        "uid=a,,dc=edu", ",dc=edu", "uid=é,ou=People,dc=edu",
    ]

    /// In every order of two, and after one another: the same keys and errors as without a parent's key at hand.
    @Test func areTheKeysThatTheSchemaMakes() {
        for first in Self.names {
            var siblings = SiblingKeys()
            for name in [first] + Self.names + Self.names.reversed() {
                var expected: [UInt8] = [0x78]
                var expectedError: String?
                do { try builtIn.appendDNKey(of: Array(name.utf8).span, to: &expected) } catch {
                    expectedError = error.description
                }
                var key: [UInt8] = [0x78]
                var error: String?
                do throws(DNError) { try siblings.append(Array(name.utf8).span, in: builtIn, to: &key) } catch let found
                {
                    error = found.description
                }
                #expect(key == expected, "\(name)")
                #expect(error == expectedError, "\(name)")
            }
        }
    }
}

@Suite struct LatinPreparationTests {
    /// "ł" behind a text sends it through the tables for all of Unicode, and is itself left as it is.
    @Test func lettersOfLatin1AreAsTheTablesHaveThem() throws {
        for rule in ["caseIgnoreMatch", "caseExactMatch"] {
            for scalar in 0x20...0xFF {
                let letter = String(Character(Unicode.Scalar(UInt8(scalar))))
                for text in ["a\(letter)", "a \(letter)b  \(letter)", "\(letter)É", "é\(letter) "] {
                    guard let prepared = try? key(rule, text + "|ł") else { continue }
                    var expected = prepared
                    expected.removeLast(3)
                    var plain = try key(rule, text + "|")
                    plain.removeLast()
                    #expect(plain == expected, "U+\(String(scalar, radix: 16)) in \(rule)")
                }
            }
        }
    }
}

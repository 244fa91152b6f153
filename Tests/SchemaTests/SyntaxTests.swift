import Testing

@testable import Schema

@Suite struct SyntaxTests {
    static let valid: [(String, String, String)] = [
        ("3.3.2 Bit String", "6", "'0101111101'B"), ("3.3.2 Bit String", "6", "''B"), ("3.3.3 Boolean", "7", "TRUE"),
        ("3.3.3 Boolean", "7", "FALSE"), ("3.3.4 Country String", "11", "US"), ("3.3.4 Country String", "11", "AU"),
        ("3.3.5 Delivery Method", "14", "telephone $ videotex"), ("3.3.6 Directory String", "15", "#Babs"),
        ("3.3.6 Directory String", "15", "ÄÖÜ 日本"), ("3.3.9 DN", "12", "CN=Steve Kille,O=Isode Limited,C=GB"),
        ("3.3.11 Fax Number", "22", "+61 3 9896 7801$fineResolution"),
        ("3.3.13 Generalized Time", "24", "199412161032Z"), ("3.3.13 Generalized Time", "24", "199412160532-0500"),
        ("3.3.13 Generalized Time", "24", "2026022812.5Z"), ("3.3.13 Generalized Time", "24", "20240229235960,123+01"),
        ("3.3.15 IA5 String", "26", ""), ("3.3.15 IA5 String", "26", "a@b"), ("3.3.16 Integer", "27", "1321"),
        ("3.3.16 Integer", "27", "-1"), ("3.3.16 Integer", "27", "0"),
        ("3.3.16 Integer", "27", "123456789012345678901234567890"),
        ("3.3.21 Name and Optional UID", "34", "1.3.6.1.4.1.1466.0=#04024869,O=Test,C=GB#'0101'B"),
        ("3.3.21 Name and Optional UID", "34", "O=Test,C=GB"), ("3.3.23 Numeric String", "36", "15 079 672 281"),
        ("3.3.26 OID", "38", "1.2.3.4"), ("3.3.26 OID", "38", "cn"),
        ("3.3.28 Postal Address", "41", "1234 Main St.$Anytown, CA 12345$USA"),
        ("3.3.28 Postal Address", "41", #"\241,000,000 Sweepstakes$PO Box 1000000$Anytown, CA 12345$USA"#),
        ("3.3.29 Printable String", "44", "This is a PrintableString."),
        ("3.3.31 Telephone Number", "50", "+1 512 315 0280"), ("3.3.31 Telephone Number", "50", "+1-512-315-0280"),
        ("3.3.33 Telex Number", "52", "12345$023$ABCDE"), ("3.3.34 UTC Time", "53", "9412161032Z"),
        ("3.3.34 UTC Time", "53", "941216103200-0500"), ("3.3.25 Octet String", "40", "\u{0}"),
    ]

    static let invalid: [(String, String, String)] = [
        ("3.3.2 Bit String", "6", "'012'B"), ("3.3.2 Bit String", "6", "'01'"), ("3.3.2 Bit String", "6", "B"),
        ("3.3.3 Boolean", "7", "true"), ("3.3.3 Boolean", "7", ""), ("3.3.4 Country String", "11", "USA"),
        ("3.3.4 Country String", "11", "U_"), ("3.3.5 Delivery Method", "14", "pigeon"),
        ("3.3.5 Delivery Method", "14", "any $"), ("3.3.6 Directory String", "15", ""), ("3.3.9 DN", "12", "Steve"),
        ("3.3.11 Fax Number", "22", "$fineResolution"), ("3.3.13 Generalized Time", "24", "1994121610"),
        ("3.3.13 Generalized Time", "24", "199413161032Z"), ("3.3.13 Generalized Time", "24", "199402291032Z"),
        ("3.3.13 Generalized Time", "24", "199412162432Z"), ("3.3.13 Generalized Time", "24", "19941216103261Z"),
        ("3.3.13 Generalized Time", "24", "199412161032.Z"), ("3.3.13 Generalized Time", "24", "199412161032Zx"),
        ("3.3.13 Generalized Time", "24", "199412161032+24"), ("3.3.13 Generalized Time", "24", "19941216T1032Z"),
        ("3.3.13 Generalized Time", "24", "000001010000+01"), ("3.3.13 Generalized Time", "24", ""),
        ("3.3.15 IA5 String", "26", "é"), ("3.3.16 Integer", "27", ""), ("3.3.16 Integer", "27", "-"),
        ("3.3.16 Integer", "27", "-0"), ("3.3.16 Integer", "27", "01"), ("3.3.16 Integer", "27", "+1"),
        ("3.3.16 Integer", "27", "1.0"), ("3.3.16 Integer", "27", " 1"), ("3.3.23 Numeric String", "36", ""),
        ("3.3.23 Numeric String", "36", "1a"), ("3.3.26 OID", "38", "1."), ("3.3.26 OID", "38", "01.2"),
        ("3.3.26 OID", "38", "c n"), ("3.3.26 OID", "38", ""), ("3.3.28 Postal Address", "41", #"\25"#),
        ("3.3.29 Printable String", "44", "a_b"), ("3.3.29 Printable String", "44", ""),
        ("3.3.31 Telephone Number", "50", "1*2"), ("3.3.33 Telex Number", "52", "1$$2"),
        ("3.3.34 UTC Time", "53", "94121610"), ("3.3.34 UTC Time", "53", "9412161032.5Z"),
        ("3.3.8 Certificate", "8", "abc"),
    ]

    @Test(arguments: valid) func rfc4517Accepts(clause: String, arc: String, value: String) throws {
        let syntax = try #require(builtIn.syntax("1.3.6.1.4.1.1466.115.121.1." + arc))
        #expect(throws: Never.self) { try validate(value, syntax) }
    }

    @Test(arguments: invalid) func rfc4517Refuses(clause: String, arc: String, value: String) throws {
        let syntax = try #require(builtIn.syntax("1.3.6.1.4.1.1466.115.121.1." + arc))
        #expect(throws: SyntaxError.self) { try validate(value, syntax) }
    }

    @Test(arguments: [
        ("1.3.6.1.1.16.1", "597ae2f6-16a6-1027-98f4-d28b5365dc14", true), ("1.3.6.1.1.16.1", "597ae2f6", false),
        ("1.3.6.1.1.16.1", "597ae2f6-16a6-1027-98f4-d28b5365dc1g", false),
        ("1.3.6.1.1.16.1", "597ae2f616a6-1027-98f4-d28b5365dc14-", false),
        ("1.3.6.1.4.1.4203.666.11.2.1", "20260301120000.000000Z#000000#000#000000", true),
        ("1.3.6.1.4.1.4203.666.11.2.1", "20260301120000Z#000001#00#000000", true),
        ("1.3.6.1.4.1.4203.666.11.2.1", "20260301120000.000000Z#000000#000", false),
        ("1.3.6.1.4.1.4203.666.11.2.1", "20260301120000.000000Z#00000x#000#000000", false),
        ("1.3.6.1.1.1.0.0", "(host,user,domain)", true), ("1.3.6.1.1.1.0.0", "(,-,)", true),
        ("1.3.6.1.1.1.0.0", "(a,b)", false), ("1.3.6.1.1.1.0.0", "a,b,c", false),
        ("1.3.6.1.1.1.0.1", "root=fs:/nfsroot/peg", true), ("1.3.6.1.1.1.0.1", "root=fs", false),
    ])
    func rfc4530Rfc2307AndCSN(oid: String, value: String, isValid: Bool) throws {
        let syntax = try #require(builtIn.syntax(oid))
        let succeeded = (try? syntax.validate(Array(value.utf8).span, in: builtIn)) != nil
        #expect(succeeded == isValid)
    }

    @Test func errorsNeverHoldTheValue() throws {
        let syntax = try #require(builtIn.syntax("1.3.6.1.4.1.1466.115.121.1.27"))
        let error = #expect(throws: SyntaxError.self) {
            try validate("12secret", syntax)
        }
        #expect(error?.offset == 2)
        #expect(error?.description == "expected a digit at octet 2")
    }
}

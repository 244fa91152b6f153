import LDAP

/// The table of `HostileInputTests`: after the catalogue of known incidents with LDAP servers.
enum HostileTable {
    static let all = streams + envelopes + binds + searches + filters + controls + others

    /// Not LDAP at all, or more of it than is allowed: refused from the first octets.
    static let streams: [HostileCase] = [
        .notice("an HTTP request", Array("GET / HTTP/1.1\r\nHost: a\r\n\r\n".utf8)),
        .notice("an SSH greeting", Array("SSH-2.0-OpenSSH_9.2\r\n".utf8)),
        .notice("an SMTP greeting", Array("EHLO a\r\n".utf8)),
        .notice("a TLS hello", hex("16 03 01 02 00 01 00 01 FC 03 03")),
        .notice("an RDP probe", hex("03 00 00 2F 2A E0 00 00 00 00 00")),
        .notice("telnet's interrupt", hex("FF F4 FF FD 06")),
        .notice("zeros", [UInt8](repeating: 0, count: 100)),
        .notice("end of contents", hex("00 00")),
        .notice("a SET", hex("31 05 02 01 01 42 00")),
        .notice("a primitive SEQUENCE", hex("10 05 02 01 01 42 00")),
        .notice("an identifier of two octets", hex("3F 30 05 02 01 01 42 00")),
        .notice("an indefinite length", hex("30 80 02 01 01 42 00 00 00")),
        .notice("the reserved length octet", hex("30 FF 00")),
        .notice("a length of nine octets", hex("30 89 00 00 00 00 00 00 00 00 05 02 01 01 42 00")),
        .notice("four gigabytes", hex("30 84 FF FF FF FF")),
        .notice("two gigabytes, from the first octet", hex("30 84 7F")),
        .notice("all ones", hex("30 88 FF FF FF FF FF FF FF FF")),
        .notice("a length that is negative as Int64", hex("30 88 80 00 00 00 00 00 00 00")),
        .notice("one octet more than allowed", hex("30 84 00 03 FF FB")),
    ]

    /// RFC 4511 section 4.1.1: what surrounds the operation.
    static let envelopes: [HostileCase] = [
        .notice("an empty message", hex("30 00")),
        .notice("a message ID alone", message()),
        .notice("no message ID", element(0x30, hex("42 00"))),
        .notice("a message ID that is a string", element(0x30, string("7"), hex("42 00"))),
        .notice("a message ID without octets", hex("30 04 02 00 42 00")),
        .notice("message ID 0", hex("30 05 02 01 00 42 00")),
        .notice("message ID -1", hex("30 05 02 01 FF 42 00")),
        .notice("message ID 2^31", element(0x30, integer(1 << 31), hex("42 00"))),
        .notice("a message ID of nine octets", element(0x30, hex("02 09 01 00 00 00 00 00 00 00 00"), hex("42 00"))),
        .notice("an unknown application tag", message(element(0x7D))),
        .notice("a universal tag", message(element(0x30))),
        .notice("a context tag", message(element(0xA3))),
        .notice("a bind response", message(element(0x61, hex("0A 01 00 04 00 04 00")))),
        .notice("a search entry", message(element(0x64, string(""), element(0x30)))),
        .notice("a search done", message(element(0x65, hex("0A 01 00 04 00 04 00")))),
        .notice("an extended response", message(element(0x78, hex("0A 01 00 04 00 04 00")))),
        .notice("an intermediate response", message(element(0x79))),
        .notice("a primitive bind", message(element(0x40, hex("02 01 03 04 00 80 00")))),
        .notice("a constructed unbind", message(element(0x62))),
        .notice("a constructed abandon", message(element(0x70, integer(1)))),
        .notice("a constructed delete", message(element(0x6A, string("dc=a")))),
        .notice("an operation longer than its message", hex("30 06 02 01 01 63 7F 00")),
        .notice(
            "an operation of two gigabytes in fifty octets",
            element(0x30, integer(1), hex("63 84 7F FF FF FF"), [UInt8](repeating: 0, count: 40))),
        .notice("an indefinite length inside", hex("30 09 02 01 01 60 80 02 01 03 00")),
        .notice("half an element at the end", message(element(0x42), hex("85"))),
        .notice("controls twice", message(element(0x4A), element(0xA0), element(0xA0))),
        .notice("controls after an unknown element", message(element(0x4A), hex("85 00"), element(0xA0))),
        // Section 4: elements that nobody knows are ignored.
        .result(.unwillingToPerform, "an unknown element at the end", message(element(0x4A), hex("85 01 00 BE 00"))),
        .result(.unwillingToPerform, "lengths of eight octets", hex("30 88 00 00 00 00 00 00 00 05 02 01 07 4A 00")),
    ]

    /// RFC 4511 section 4.2, RFC 4513 section 5.
    static let binds: [HostileCase] = [
        .notice("an empty bind", message(element(0x60))),
        .notice("a version without octets", bind(version: hex("02 00"))),
        .notice("a constructed name", bind(element(0x24, string("a")))),
        .notice("no authentication", bind(string(""), [])),
        .notice("a constructed password", bind(string(""), element(0xA0, string("a")))),
        .notice("a universal tag as authentication", bind(string(""), string("a"))),
        .notice("SASL without a mechanism", bind(string(""), hex("A3 00"))),
        .result(.protocolError, "version 0", bind(version: integer(0))),
        .result(.protocolError, "version 2", bind(version: integer(2))),
        .result(.protocolError, "version 127", bind(version: integer(127))),
        .result(.protocolError, "version 128", bind(version: integer(128))),
        .result(.protocolError, "version -1", bind(version: integer(-1))),
        .result(.protocolError, "a version of nine octets", bind(version: hex("02 09 01 00 00 00 00 00 00 00 00"))),
        .result(.authMethodNotSupported, "an unknown mechanism", bind(string(""), element(0xA3, string("NOPE")))),
        .result(.authMethodNotSupported, "an empty mechanism", bind(string(""), element(0xA3, string("")))),
        .result(.authMethodNotSupported, "Kerberos of LDAPv2", bind(string(""), hex("81 01 00"))),
        .result(.authMethodNotSupported, "an authentication choice of the future", bind(string(""), hex("BE 00"))),
        .result(.unwillingToPerform, "a name and an empty password", bind(TestDirectory.ann, password: [])),
        .result(.invalidCredentials, "no name and a password", bind("", password: [1])),
        .result(.invalidCredentials, "an unknown name", bind("uid=nobody,\(TestDirectory.suffix)", password: [1])),
        .result(.invalidCredentials, "a name outside the suffix", bind("dc=elsewhere", password: [1])),
        .result(.invalidCredentials, "an entry without a password", bind(TestDirectory.suffix, password: [1])),
        .result(.invalidCredentials, "a wrong password", bind(TestDirectory.ann, password: [1])),
        .result(
            .invalidCredentials, "the password and NUL: never cut short",
            bind(TestDirectory.ann, password: Array("secret\u{0}x".utf8))),
        .result(.invalidCredentials, "a password that is not UTF-8", bind(TestDirectory.ann, password: [0xC3, 0x28])),
        .result(
            .invalidCredentials, "a password of 200,000 octets",
            bind(TestDirectory.ann, password: [UInt8](repeating: 0x61, count: 200_000))),
        .result(.invalidDNSyntax, "a name that is no DN", bind("no DN", password: [1])),
        .result(.invalidDNSyntax, "a name that is not UTF-8", bind(hex("04 05 63 6E 3D C3 28"), hex("80 01 61"))),
    ]

    /// RFC 4511 section 4.5.1, without the filter.
    static let searches: [HostileCase] = [
        .notice("an empty search", message(element(0x63))),
        .notice("a base that is a number", search(base: integer(1))),
        .notice("a constructed base", search(base: element(0x24, string("dc=a")))),
        .notice("a scope that is an INTEGER", search(scope: integer(0))),
        .notice("a scope without octets", search(scope: hex("0A 00"))),
        .notice("a size limit that is a string", search(size: string("0"))),
        .notice("typesOnly of two octets", search(types: hex("01 02 FF FF"))),
        .notice("an attribute that is a number", search(attributes: integer(1))),
        .notice("a constructed attribute", search(attributes: element(0x24, string("cn")))),
        .result(.protocolError, "scope 4", search(scope: integer(4, 0x0A))),
        .result(.protocolError, "scope -1", search(scope: integer(-1, 0x0A))),
        .result(.protocolError, "scope 2^40", search(scope: integer(1 << 40, 0x0A))),
        .result(.protocolError, "alias rule 9", search(deref: integer(9, 0x0A))),
        .result(.protocolError, "size limit -1", search(size: integer(-1))),
        .result(.protocolError, "size limit 2^31", search(size: integer(1 << 31))),
        .result(.protocolError, "time limit -1", search(time: integer(-1))),
        .result(.protocolError, "a time limit of nine octets", search(time: hex("02 09 01 00 00 00 00 00 00 00 00"))),
        .result(
            .protocolError, "too many attributes",
            search(attributes: copies(string("cn"), Limits.requestedAttributes + 1))),
        .result(
            .success, "as many attributes as allowed",
            search(attributes: copies(string("cn"), Limits.requestedAttributes))),
        .result(.success, "empty attribute names", search(attributes: copies(string(""), 1_000))),
        .result(.success, "attribute names that are not UTF-8", search(attributes: hex("04 02 C3 28 04 01 00"))),
        .result(.success, "TRUE of 01", search(types: hex("01 01 01"))),
        .result(.success, "limits of redundant octets", search(size: hex("02 04 00 00 00 05"))),
        .result(.invalidDNSyntax, "a base of '=,'", search(base: string("=,"))),
        .result(.invalidDNSyntax, "a base that ends in a comma", search(base: string("dc=example,"))),
        .result(.invalidDNSyntax, "a base of one backslash", search(base: string("\\"))),
        .result(.invalidDNSyntax, "a base that is not UTF-8", search(base: hex("04 05 64 63 3D C3 28"))),
        .result(.invalidDNSyntax, "a base with NUL", search(base: string("dc=a\u{0}"))),
        .result(.invalidDNSyntax, "a base of parentheses", search(base: element(0x04, copies([0x28], 65_000)))),
        .result(.invalidDNSyntax, "a base of commas", search(base: element(0x04, copies([0x2C], 65_000)))),
        .result(
            .noSuchObject, "a base of 10,000 levels",
            search(base: element(0x04, copies(Array("dc=a,".utf8), 10_000) + Array("dc=b".utf8)))),
        .result(
            .noSuchObject, "a base of one long value",
            search(base: string("dc=" + String(repeating: "12.", count: 20_000)))),
        .result(.noSuchObject, "a base outside the suffix", search(base: string("dc=elsewhere"))),
        .result(.noSuchObject, "a base below an entry", search(base: string("cn=x," + TestDirectory.ann))),
    ]
}

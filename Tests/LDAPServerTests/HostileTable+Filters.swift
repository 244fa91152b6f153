import LDAP

extension HostileTable {
    /// RFC 4511 section 4.5.1.7: structure is refused; what cannot be evaluated is Undefined and no error.
    static let filters: [HostileCase] = [
        .notice("an empty not", filtered("A2 00")),
        .notice("a not of two", filtered("A2 06 87 01 61 87 01 62")),
        .notice("a primitive and", filtered("80 03 87 01 61")),
        .notice("a constructed presence", filtered("A7 03 04 01 61")),
        .notice("a universal tag as filter", filtered("30 03 87 01 61")),
        .notice("an equality without a value", filtered("A3 03 04 01 61")),
        .notice("an equality of numbers", filtered("A3 06 02 01 61 02 01 62")),
        .notice("substrings without a list", filtered("A4 03 04 01 61")),
        .notice("a universal tag as substring", filtered("A4 08 04 01 61 30 03 04 01 62")),
        .notice("an extensible match without a value", filtered("A9 03 82 01 61")),
        .notice("a component longer than its set", filtered("A0 04 87 05 61 62 63 64")),
        .result(.success, "depth 500 of and", nested(500, 0xA0)),
        .result(.success, "the deepest allowed of not", nested(Limits.filterDepth, 0xA2)),
        .result(.protocolError, "one level too many", nested(Limits.filterDepth + 1, 0xA1)),
        .result(.protocolError, "depth 5,000 of and", nested(5_000, 0xA0)),
        .result(.protocolError, "depth 20,000 of not", nested(20_000, 0xA2)),
        .result(
            .success, "20,000 terms in one or",
            search(filter: element(0xA1, copies(hex("A3 07 04 02 63 6E 04 01 61"), 20_000)))),
        .result(
            .protocolError, "more components than allowed",
            search(filter: element(0xA1, copies(hex("87 01 61"), Limits.filterElements)))),
        .result(
            .protocolError, "more substrings than allowed",
            search(
                filter: element(0xA4, string("cn"), element(0x30, copies(hex("81 01 61"), Limits.substringParts + 1))))),
        .result(
            .success, "a thousand substrings",
            search(filter: element(0xA4, string("cn"), element(0x30, copies(hex("81 01 61"), Limits.substringParts))))),
        .result(.success, "an empty and", filtered("A0 00")),
        .result(.success, "an empty or", filtered("A1 00")),
        .result(.success, "an unknown choice", filtered("AF 00")),
        .result(.success, "no substrings", filtered("A4 05 04 01 61 30 00")),
        .result(.success, "two initial substrings", filtered("A4 0C 04 02 63 6E 30 06 80 01 62 80 01 63")),
        .result(.success, "a final substring before another", filtered("A4 0C 04 02 63 6E 30 06 82 01 62 81 01 63")),
        .result(.success, "an empty substring", filtered("A4 08 04 02 63 6E 30 02 81 00")),
        .result(.success, "a substring of an unknown choice", filtered("A4 09 04 02 63 6E 30 03 85 01 62")),
        .result(.success, "neither rule nor attribute", filtered("A9 03 83 01 62")),
        .result(
            .success, "an unknown rule",
            search(filter: element(0xA9, string("nope", 0x81), string("cn", 0x82), string("a", 0x83)))),
        .result(
            .success, "a rule without an attribute, on 10,000 octets",
            search(
                filter: element(
                    0xA9, string("caseIgnoreMatch", 0x81), element(0x83, copies([0x61], 10_000)), hex("84 01 FF")))),
        .result(.success, "an unknown attribute", filtered("A3 08 04 03 6E 6F 70 04 01 61")),
        .result(.success, "an unknown attribute under not", filtered("A2 0A A3 08 04 03 6E 6F 70 04 01 61")),
        .result(.success, "an empty attribute", filtered("A3 05 04 00 04 01 61")),
        .result(.success, "an attribute of NUL", filtered("A3 06 04 01 00 04 01 61")),
        .result(.success, "an attribute of a million dots", search(filter: element(0x87, copies([0x2E], 200_000)))),
        .result(
            .success, "a value of 0x1E, a thousand times",
            search(filter: element(0xA3, string("cn"), element(0x04, copies(Array("a\u{1E}dmin".utf8), 1_025))))),
        .result(.success, "a value that is not UTF-8", filtered("A3 07 04 02 63 6E 04 01 FF")),
        .result(.success, "a number that is none", search(filter: element(0xA5, string("uidNumber"), string("abc")))),
        .result(
            .success, "a number of 100,000 digits",
            search(filter: element(0xA3, string("uidNumber"), element(0x04, copies([0x39], 100_000))))),
        .result(
            .success, "a time that is none",
            search(filter: element(0xA5, string("createTimestamp"), string("20261399")))),
        .result(.success, "a DN that is none", search(filter: element(0xA3, string("member"), string("%20,=")))),
        .result(
            .success, "a DN of backslashes",
            search(filter: element(0xA3, string("member"), element(0x04, copies([0x5C], 10_001))))),
        .result(.success, "a UUID that is none", search(filter: element(0xA3, string("entryUUID"), string("----")))),
        .result(.success, "a CSN that is none", search(filter: element(0xA6, string("entryCSN"), string("#")))),
        .result(
            .success, "a certificate assertion that is none",
            search(filter: element(0xA3, string("userCertificate"), string("{ serialNumber 1")))),
        .result(
            .success, "a certificate that is none",
            search(filter: element(0xA3, string("userCertificate"), hex("04 06 30 84 FF FF FF FF")))),
        .result(
            .success, "an object class with an empty name",
            search(filter: element(0xA3, string("objectClass"), string("")))),
        .result(
            .success, "combining marks, ten thousand",
            search(
                filter: element(0xA3, string("cn"), string("a" + String(repeating: "\u{301}\u{323}", count: 10_000))))),
    ]

    /// RFC 4511 section 4.1.11, RFC 2696, RFC 3296.
    static let controls: [HostileCase] = [
        .notice("a control that is a string", search(controls: element(0xA0, string("1.2.3")))),
        .notice("a control without an OID", search(controls: element(0xA0, element(0x30)))),
        .notice(
            "a criticality of two octets",
            search(controls: element(0xA0, element(0x30, string("1.2"), hex("01 02 FF FF"))))),
        .notice("a control longer than the list", search(controls: element(0xA0, hex("30 7F 04 01 31")))),
        .result(.unavailableCriticalExtension, "an unknown critical control", controlled(("1.2.3", true, nil))),
        .result(.unavailableCriticalExtension, "a critical control that is no OID", controlled(("\u{0}%n", true, []))),
        .result(.success, "an unknown control", controlled(("1.2.3", false, [0xFF]))),
        .result(.success, "a control that is no OID", controlled(("", false, nil))),
        .result(
            .protocolError, "more controls than allowed",
            search(
                controls: element(
                    0xA0, copies(control("1.2.3", isCritical: false, value: nil), Limits.controlsPerRequest + 1)))),
        .result(
            .protocolError, "a thousand controls",
            search(controls: element(0xA0, copies(control("1.2.3", isCritical: false, value: nil), 1_000)))),
        .result(.protocolError, "paging without a value", controlled((paging, true, nil))),
        .result(.protocolError, "paging with noise", controlled((paging, true, Array("garbage".utf8)))),
        .result(
            .protocolError, "paging with an indefinite length",
            controlled((paging, true, hex("30 80 02 01 05 04 00 00 00")))),
        .result(.protocolError, "a negative page", controlled((paging, true, hex("30 05 02 01 FF 04 00")))),
        .result(
            .protocolError, "a page of 2^40", controlled((paging, true, hex("30 0A 02 06 01 00 00 00 00 00 04 00")))),
        .result(
            .protocolError, "paging twice",
            controlled((paging, true, hex("30 05 02 01 05 04 00")), (paging, true, hex("30 05 02 01 05 04 00")))),
        .result(
            .protocolError, "a cookie that nobody gave",
            controlled((paging, true, hex("30 09 02 01 05 04 04 DE AD BE EF")))),
        .result(
            .protocolError, "a cookie of 100,000 octets",
            controlled((paging, true, element(0x30, integer(5), element(0x04, copies([0], 100_000)))))),
        .result(
            .protocolError, "size 0 with a cookie that nobody gave",
            controlled((paging, true, hex("30 06 02 01 00 04 01 41")))),
        .result(.success, "size 0 at first", controlled((paging, true, hex("30 05 02 01 00 04 00")))),
        .result(.protocolError, "ManageDsaIT with a value", controlled((OID.Control.manageDsaIT, true, []))),
    ]

    private static let paging = OID.Control.pagedResults
    private static let suffix = string(TestDirectory.suffix)
    private static let person = element(0x30, string("cn"), element(0x31, string("a")))

    /// The other operations.
    static let others: [HostileCase] = [
        .notice("an empty compare", message(element(0x6E))),
        .notice("a compare without a value", message(element(0x6E, suffix, element(0x30, string("dc"))))),
        .result(.undefinedAttributeType, "a compare of an unknown attribute", compare(suffix, "nope", "a")),
        .result(.noSuchAttribute, "a compare of an absent attribute", compare(suffix, "sn", "a")),
        .result(.noSuchObject, "a compare below an entry", compare(string("cn=x," + TestDirectory.ann), "cn", "a")),
        .result(.invalidDNSyntax, "a compare of no DN", compare(string("x"), "cn", "a")),
        .notice("an empty extended request", message(element(0x77))),
        .notice("an extended request with a universal name", message(element(0x77, string("1.2.3")))),
        .result(.protocolError, "an unknown extended operation", extended("1.2.3")),
        .result(.protocolError, "an extended operation that is no OID", extended("%s%n\u{0}")),
        .result(.protocolError, "StartTLS, which is not offered here", extended(OID.Extension.startTLS)),
        .result(.protocolError, "StartTLS with a value", extended(OID.Extension.startTLS, [1])),
        .result(.protocolError, "Who am I? with a value", extended(OID.Extension.whoAmI, [1])),
        .result(.protocolError, "Cancel without a value", extended(OID.Extension.cancel)),
        .result(.protocolError, "Cancel of noise", extended(OID.Extension.cancel, [0xFF, 0xFF])),
        .result(.noSuchOperation, "Cancel of nothing", extended(OID.Extension.cancel, hex("30 03 02 01 63"))),
        .result(.noSuchOperation, "Cancel of -1", extended(OID.Extension.cancel, hex("30 03 02 01 FF"))),
        .result(
            .cannotCancel, "Cancel of itself (CVE-2020-36227)", extended(OID.Extension.cancel, hex("30 03 02 01 07"))),
        .result(.unwillingToPerform, "a password change of noise", extended(OID.Extension.passwordModify, [0xFF])),
        .notice("an abandon without an ID", message(hex("50 00"))),
        HostileCase(what: "an abandon of itself", octets: message(hex("50 01 07")), answer: .silence),
        HostileCase(what: "an abandon of -1", octets: message(hex("50 01 FF")), answer: .silence),
        HostileCase(
            what: "an abandon of nine octets", octets: message(hex("50 09 01 00 00 00 00 00 00 00 00")),
            answer: .silence),
        HostileCase(what: "2,000 abandons", octets: copies(message(hex("50 01 63")), 2_000), answer: .silence),
        HostileCase(what: "an unbind with a body", octets: message(element(0x42, [1, 2, 3])), answer: .end),
        HostileCase(what: "noise after an unbind", octets: message(hex("42 00")) + [0xFF, 0xFF], answer: .end),
        .notice("an empty add", message(element(0x68))),
        .notice(
            "an add whose values are a SEQUENCE",
            message(element(0x68, suffix, element(0x30, element(0x30, string("cn"), element(0x30)))))),
        .notice("a modify without changes", message(element(0x66, suffix))),
        .notice("a modify DN without a flag", message(element(0x6C, suffix, suffix))),
        .result(
            .protocolError, "a change of kind 9",
            message(element(0x66, suffix, element(0x30, element(0x30, integer(9, 0x0A), person))))),
        .result(.unwillingToPerform, "an add", message(element(0x68, suffix, element(0x30, person)))),
        .result(
            .unwillingToPerform, "a modify of no DN",
            message(element(0x66, string("x"), element(0x30, element(0x30, integer(0, 0x0A), person))))),
        .result(.unwillingToPerform, "a delete of everything", message(string(TestDirectory.suffix, 0x4A))),
        .result(
            .unwillingToPerform, "a modify DN",
            message(element(0x6C, suffix, string("dc=x"), hex("01 01 FF"), string("", 0x80)))),
        HostileCase(
            what: "300 binds at once", octets: copies(bind(TestDirectory.ann, password: [1]), 300),
            answer: .results(Array(repeating: .invalidCredentials, count: 300))),
        HostileCase(
            what: "500 searches at once, all with one ID", octets: copies(search(), 500),
            answer: .results(Array(repeating: .success, count: 500))),
    ]

    private static func compare(_ entry: [UInt8], _ attribute: String, _ value: String) -> [UInt8] {
        message(element(0x6E, entry, element(0x30, string(attribute), string(value))))
    }
}

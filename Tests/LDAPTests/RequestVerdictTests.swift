import BER
import LDAP
import Testing

/// One request and what a server must make of it.
struct VerdictCase: CustomTestStringConvertible, Sendable {
    let what: String
    let pdu: [UInt8]

    init(_ what: String, _ pdu: [UInt8]) {
        self.what = what
        self.pdu = pdu
    }

    var testDescription: String { what }
}

/// The line that RFC 4511 §4.1.1 draws: structure that is wrong ends the connection, a value that is wrong is answered.
@Suite struct RequestVerdictTests {
    @Test(arguments: [
        VerdictCase("an empty message", hex("30 00")),
        VerdictCase("a SET as the message", hex("31 05 02 01 01 42 00")),
        VerdictCase("a message ID and nothing else", PDU.message()),
        VerdictCase("no message ID", Element.of(0x30, Element.of(0x42))),
        VerdictCase("a message ID of the wrong type", PDU.message(id: Element.string("7"), Element.of(0x42))),
        VerdictCase("a message ID without octets", PDU.message(id: hex("02 00"), Element.of(0x42))),
        VerdictCase("message ID 0", PDU.message(id: Element.integer(0), Element.of(0x42))),
        VerdictCase("message ID -1", PDU.message(id: Element.integer(-1), Element.of(0x42))),
        VerdictCase("message ID 2^31", PDU.message(id: Element.integer(1 << 31), Element.of(0x42))),
        VerdictCase(
            "message ID of nine octets", PDU.message(id: hex("02 09 01 00 00 00 00 00 00 00 00"), Element.of(0x42))),
        VerdictCase("octets after the message", hex("30 05 02 01 01 42 00 00")),
        VerdictCase("a universal tag as operation", PDU.message(Element.of(0x30))),
        VerdictCase("an unknown operation", PDU.message(Element.of(0x7D))),
        VerdictCase("an operation of the wrong form", PDU.message(Element.of(0x43))),
        VerdictCase("a bind response as request", PDU.message(Element.of(0x61, hex("0A 01 00 04 00 04 00")))),
        VerdictCase("a search entry as request", PDU.message(Element.of(0x64, Element.string(""), Element.of(0x30)))),
        VerdictCase("an extended response as request", PDU.message(Element.of(0x78, hex("0A 01 00 04 00 04 00")))),
        VerdictCase("an operation longer than the message", hex("30 06 02 01 01 63 7F 00")),
        VerdictCase("an indefinite length inside", hex("30 09 02 01 01 60 80 02 01 03 00")),
        VerdictCase(
            "controls after an unknown element", PDU.message(Element.of(0x4A), Element.of(0x85), Element.of(0xA0))),
        VerdictCase("controls twice", PDU.message(Element.of(0x4A), Element.of(0xA0), Element.of(0xA0))),
        VerdictCase("a trailing element that is none", hex("30 06 02 01 01 4A 00 85")),
    ])
    func rejectsMalformedEnvelopes(_ testCase: VerdictCase) {
        #expect(verdict(testCase.pdu) == .malformed(""))
    }

    @Test(arguments: [
        VerdictCase("empty", PDU.message(Element.of(0x60))),
        VerdictCase("a version without octets", PDU.bind(version: hex("02 00"))),
        VerdictCase("a version of the wrong type", PDU.bind(version: hex("0A 01 03"))),
        VerdictCase("a constructed name", PDU.bind(name: hex("24 04 04 02 61 62"))),
        VerdictCase("no authentication", PDU.bind(authentication: [])),
        VerdictCase("constructed simple authentication", PDU.bind(authentication: hex("A0 02 04 00"))),
        VerdictCase("primitive SASL authentication", PDU.bind(authentication: hex("83 00"))),
        VerdictCase("a universal tag as authentication", PDU.bind(authentication: hex("04 00"))),
        VerdictCase("SASL without a mechanism", PDU.bind(authentication: hex("A3 00"))),
        VerdictCase("a mechanism of the wrong type", PDU.bind(authentication: hex("A3 03 02 01 01"))),
        VerdictCase("half an element at the end", PDU.bind(rest: hex("04"))),
    ])
    func rejectsMalformedBinds(_ testCase: VerdictCase) {
        #expect(verdict(testCase.pdu) == .malformed(""))
    }

    @Test(arguments: [
        VerdictCase("empty", PDU.message(Element.of(0x63))),
        VerdictCase("a base of the wrong type", PDU.search(base: Element.integer(1))),
        VerdictCase("a scope that is an INTEGER", PDU.search(scope: Element.integer(2))),
        VerdictCase("a scope without octets", PDU.search(scope: hex("0A 00"))),
        VerdictCase("an alias rule of the wrong type", PDU.search(deref: Element.true)),
        VerdictCase("a size limit that is a string", PDU.search(size: Element.string("0"))),
        VerdictCase("a size limit without octets", PDU.search(size: hex("02 00"))),
        VerdictCase("a time limit of the wrong type", PDU.search(time: hex("0A 01 00"))),
        VerdictCase("typesOnly of two octets", PDU.search(typesOnly: hex("01 02 FF FF"))),
        VerdictCase("typesOnly of no octets", PDU.search(typesOnly: hex("01 00"))),
        VerdictCase("no filter", PDU.search(filter: [])),
        VerdictCase("no attribute list", PDU.search(attributes: [])),
        VerdictCase("an attribute list that is a SET", PDU.search(attributes: Element.of(0x31))),
        VerdictCase("an attribute that is no string", PDU.search(attributes: Element.of(0x30, Element.integer(1)))),
        VerdictCase(
            "a constructed attribute", PDU.search(attributes: Element.of(0x30, Element.of(0x24, Element.string("a"))))),
        VerdictCase("half an element at the end", PDU.search(rest: hex("30 01"))),
    ])
    func rejectsMalformedSearches(_ testCase: VerdictCase) {
        #expect(verdict(testCase.pdu) == .malformed(""))
    }

    @Test(arguments: [
        VerdictCase("an empty not", hex("A2 00")),
        VerdictCase("a not of two", hex("A2 06 87 01 61 87 01 62")),
        VerdictCase("a primitive and", hex("80 03 87 01 61")),
        VerdictCase("a primitive equality", hex("83 06 04 01 61 04 01 62")),
        VerdictCase("a constructed presence", hex("A7 03 04 01 61")),
        VerdictCase("a universal tag", hex("30 03 87 01 61")),
        VerdictCase("an application tag", hex("63 00")),
        VerdictCase("an equality without a value", hex("A3 03 04 01 61")),
        VerdictCase("an equality whose attribute is no string", hex("A3 06 02 01 61 04 01 62")),
        VerdictCase("an equality whose value is constructed", hex("A3 08 04 01 61 24 03 04 01 62")),
        VerdictCase("substrings without a list", hex("A4 03 04 01 61")),
        VerdictCase("substrings whose list is a SET", hex("A4 08 04 01 61 31 03 80 01 62")),
        VerdictCase("a constructed substring", hex("A4 0A 04 01 61 30 05 A0 03 04 01 62")),
        VerdictCase("a universal tag as substring", hex("A4 08 04 01 61 30 03 04 01 62")),
        VerdictCase("an extensible match without a value", hex("A9 03 82 01 61")),
        VerdictCase("an extensible match in the wrong order", hex("A9 06 83 01 62 82 01 61 04")),
        VerdictCase("dnAttributes of two octets", hex("A9 0A 82 01 61 83 01 62 84 02 FF FF")),
        VerdictCase("a component longer than its set", hex("A0 04 87 05 61 62 63 64")),
        VerdictCase("half a component in a set", hex("A0 01 87")),
    ])
    func rejectsMalformedFilters(_ testCase: VerdictCase) {
        #expect(verdict(PDU.search(filter: testCase.pdu)) == .malformed(""))
    }

    @Test(arguments: [
        VerdictCase("an empty compare", PDU.message(Element.of(0x6E))),
        VerdictCase("a compare without an assertion", PDU.message(Element.of(0x6E, Element.string("dc=a")))),
        VerdictCase(
            "a compare without a value",
            PDU.message(Element.of(0x6E, Element.string("dc=a"), Element.of(0x30, Element.string("cn"))))),
        VerdictCase("an extended request without a name", PDU.message(Element.of(0x77))),
        VerdictCase("an extended request with a universal name", PDU.message(Element.of(0x77, Element.string("1.2")))),
        VerdictCase("an abandon without a message ID", PDU.message(Element.of(0x50))),
        VerdictCase("an add without attributes", PDU.message(Element.of(0x68, Element.string("dc=a")))),
        VerdictCase(
            "an add whose values are a SEQUENCE",
            PDU.message(
                Element.of(
                    0x68, Element.string("dc=a"),
                    Element.of(0x30, Element.of(0x30, Element.string("cn"), Element.of(0x30)))))),
        VerdictCase("a modify without changes", PDU.message(Element.of(0x66, Element.string("dc=a")))),
        VerdictCase(
            "a change without a kind",
            PDU.message(
                Element.of(
                    0x66, Element.string("dc=a"),
                    Element.of(0x30, Element.of(0x30, Element.of(0x30, Element.string("cn"), Element.of(0x31))))))),
        VerdictCase(
            "a modify DN without a flag",
            PDU.message(Element.of(0x6C, Element.string("dc=a"), Element.string("dc=b")))),
    ])
    func rejectsOtherMalformedOperations(_ testCase: VerdictCase) {
        #expect(verdict(testCase.pdu) == .malformed(""))
    }

    @Test(arguments: [
        VerdictCase("a control that is no SEQUENCE", Element.string("1.2")),
        VerdictCase("a control without an OID", PDU.control()),
        VerdictCase("a criticality of two octets", PDU.control(Element.string("1.2"), hex("01 02 FF FF"))),
        VerdictCase("an OID of the wrong type", PDU.control(Element.integer(1))),
        VerdictCase("a control longer than the list", hex("30 7F 04 01 31")),
    ])
    func rejectsMalformedControls(_ testCase: VerdictCase) {
        #expect(verdict(PDU.withControls([testCase.pdu])) == .malformed(""))
    }

    @Test(arguments: [
        VerdictCase("version 0", PDU.bind(version: Element.integer(0))),
        VerdictCase("version 128", PDU.bind(version: Element.integer(128))),
        VerdictCase("version -1", PDU.bind(version: Element.integer(-1))),
        VerdictCase("a version of nine octets", PDU.bind(version: hex("02 09 01 00 00 00 00 00 00 00 00"))),
        VerdictCase("scope 4", PDU.search(scope: Element.integer(4, tag: 0x0A))),
        VerdictCase("scope -1", PDU.search(scope: Element.integer(-1, tag: 0x0A))),
        VerdictCase("scope 2^40", PDU.search(scope: Element.integer(1 << 40, tag: 0x0A))),
        VerdictCase("alias rule 4", PDU.search(deref: Element.integer(4, tag: 0x0A))),
        VerdictCase("alias rule 9", PDU.search(deref: Element.integer(9, tag: 0x0A))),
        VerdictCase("size limit -1", PDU.search(size: Element.integer(-1))),
        VerdictCase("size limit 2^31", PDU.search(size: Element.integer(1 << 31))),
        VerdictCase("a size limit of nine octets", PDU.search(size: hex("02 09 01 00 00 00 00 00 00 00 00"))),
        VerdictCase("time limit -1", PDU.search(time: Element.integer(-1))),
        VerdictCase("time limit 2^31", PDU.search(time: Element.integer(1 << 31))),
        VerdictCase(
            "a modification of kind 9",
            PDU.message(
                Element.of(
                    0x66, Element.string("dc=a"),
                    Element.of(
                        0x30,
                        Element.of(
                            0x30,
                            Element.integer(9, tag: 0x0A), Element.of(0x30, Element.string("cn"), Element.of(0x31))))))),
    ])
    func answersValuesOutOfRangeWithProtocolError(_ testCase: VerdictCase) {
        #expect(verdict(testCase.pdu) == .protocolError(7, ""))
    }

    /// Structure is looked at first: a value out of range does not hide that the rest is no LDAP.
    @Test func prefersMalformedToAValueOutOfRange() {
        #expect(verdict(PDU.search(scope: Element.integer(9, tag: 0x0A), attributes: [])) == .malformed(""))
        #expect(verdict(PDU.bind(version: Element.integer(9000), authentication: [])) == .malformed(""))
    }

    @Test(arguments: [
        VerdictCase("a plain bind", PDU.bind()),
        VerdictCase("version 2, which the server answers", PDU.bind(version: Element.integer(2))),
        VerdictCase("an anonymous bind", PDU.bind(name: Element.string(""), authentication: hex("80 00"))),
        VerdictCase("a password with NUL and no UTF-8", PDU.bind(authentication: hex("80 04 00 FF FE 00"))),
        VerdictCase("SASL without credentials", PDU.bind(authentication: hex("A3 02 04 00"))),
        VerdictCase("an unknown authentication choice", PDU.bind(authentication: hex("81 00"))),
        VerdictCase("a later version's bind (RFC 4511 §4)", PDU.bind(rest: hex("8F 01 00 BE 00"))),
        VerdictCase("a plain search", PDU.search()),
        VerdictCase("scope 3, subordinate", PDU.search(scope: Element.integer(3, tag: 0x0A))),
        VerdictCase(
            "maxInt limits", PDU.search(size: Element.integer(2_147_483_647), time: Element.integer(2_147_483_647))),
        VerdictCase(
            "limits of redundant octets", PDU.search(size: hex("02 04 00 00 00 05"), time: hex("02 05 00 00 00 00 01"))),
        VerdictCase("typesOnly of 01 (RFC 4511 §5.1 asks for FF)", PDU.search(typesOnly: hex("01 01 01"))),
        VerdictCase("a base that is not UTF-8: a DN matter", PDU.search(base: hex("04 02 C3 28"))),
        VerdictCase("an empty attribute name", PDU.search(attributes: Element.of(0x30, hex("04 00")))),
        VerdictCase("a later version's search (RFC 4511 §4)", PDU.search(rest: hex("04 00 BE 00"))),
        VerdictCase(
            "an unknown element after the operation (RFC 4511 §4)",
            PDU.message(Element.of(0x4A), hex("85 01 00 04 00"))),
        VerdictCase(
            "an unknown element after the controls",
            PDU.message(Element.of(0x4A), Element.of(0xA0), hex("A1 00"))),
        VerdictCase("message ID maxInt", PDU.message(id: Element.integer(2_147_483_647), Element.of(0x4A))),
        VerdictCase("a message ID of redundant octets", PDU.message(id: hex("02 04 00 00 00 07"), Element.of(0x4A))),
        VerdictCase("an unbind with a body", PDU.message(Element.of(0x42, [1, 2, 3]))),
        VerdictCase("an abandon of -1, to be discarded", PDU.message(Element.integer(-1, tag: 0x50))),
        VerdictCase("an abandon of nine octets, to be discarded", PDU.message(hex("50 09 01 00 00 00 00 00 00 00 00"))),
        VerdictCase(
            "controls with and without criticality and value",
            PDU.withControls([
                PDU.control(Element.string("1.2")), PDU.control(Element.string("1.2"), Element.true),
                PDU.control(Element.string("1.2"), Element.string("")),
                PDU.control(Element.string("no OID"), Element.false),
                PDU.control(Element.string("1.2"), Element.true, Element.string("v"), hex("BE 00")),
            ])),
    ])
    func acceptsWhatIsWellFormed(_ testCase: VerdictCase) {
        #expect(verdict(testCase.pdu) == nil)
    }

    @Test func refusesEveryTruncationOfARequestAsMalformed() {
        let inner = Element.of(
            0x63,
            Array(
                PDU.search(
                    filter: hex("A0 14 87 01 61 A3 06 04 01 61 04 01 62 A4 07 04 01 61 30 02 80 00"),
                    attributes: Element.of(0x30, Element.string("cn"))
                ).dropFirst(7)))
        #expect(verdict(PDU.message(inner)) == nil)
        // The envelope stays whole; the operation loses octets from its end.
        for count in 2..<inner.count {
            let body = Array(inner[2..<count])
            #expect(verdict(PDU.message(Element.of(0x63, body))) == .malformed(""), "\(count) octets")
        }
    }
}

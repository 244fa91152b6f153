import BER
import LDAP
import Testing

@Suite struct LDAPMessageTests {
    private static let result = LDAPResult(
        .noSuchObject, matchedDN: "dc=example,dc=edu", diagnosticMessage: "größer", referral: [])
    private static let referral = LDAPResult(.referral, referral: ["ldap://a/", "ldap://b/dc=x"])

    @Test(arguments: [
        ProtocolOp.bindRequest(BindRequest(name: "cn=a", authentication: .simple([0, 0xFF]))),
        .bindRequest(BindRequest(version: 2, name: "", authentication: .sasl(mechanism: "EXTERNAL", credentials: nil))),
        .bindRequest(BindRequest(name: "", authentication: .sasl(mechanism: "PLAIN", credentials: []))),
        .bindResponse(BindResponse(result)),
        .bindResponse(BindResponse(.init(.saslBindInProgress), serverCredentials: [1, 2])),
        .unbindRequest,
        .searchRequest(
            SearchRequest(
                base: "", scope: .subordinate, derefAliases: .findingBaseObject, sizeLimit: .max, timeLimit: .max,
                typesOnly: true, filter: .or([]), attributes: ["*", "+", "cn;lang-fr"])),
        .searchResultEntry(SearchResultEntry(name: "dc=a")),
        .searchResultEntry(
            SearchResultEntry(
                name: "cn=ü",
                attributes: [PartialAttribute("cn", "ü", ""), PartialAttribute("jpegPhoto;binary", [[0xFF, 0]])])),
        .searchResultReference(["ldap://a/", "ldap://b/"]),
        .searchResultDone(result), .searchResultDone(referral),
        .modifyRequest(
            ModifyRequest(
                entry: "dc=a",
                changes: ModifyRequest.Change.Kind.allCases.map { .init($0, PartialAttribute("n", "1")) })),
        .modifyResponse(result),
        .addRequest(AddRequest(entry: "dc=a", attributes: [PartialAttribute("dc", "a")])),
        .addResponse(result),
        .deleteRequest("dc=a"), .deleteResponse(result),
        .modifyDNRequest(ModifyDNRequest(entry: "dc=a", newRDN: "dc=b", deletesOldRDN: false)),
        .modifyDNRequest(ModifyDNRequest(entry: "dc=a", newRDN: "dc=b", deletesOldRDN: true, newSuperior: "")),
        .modifyDNResponse(referral),
        .compareRequest(CompareRequest(entry: "dc=a", attribute: "cn", value: [])),
        .compareResponse(LDAPResult(.compareTrue)),
        .abandonRequest(2_147_483_647),
        .extendedRequest(ExtendedRequest("1.2.3")), .extendedRequest(ExtendedRequest("1.2.3", value: [])),
        .extendedResponse(ExtendedResponse(.success, name: "1.2", value: [9])),
        .extendedResponse(ExtendedResponse(referral)),
        .intermediateResponse(IntermediateResponse()),
        .intermediateResponse(IntermediateResponse(name: "1.2.3", value: [1])),
    ])
    func readsBackEveryOperationOfRFC4511(_ operation: ProtocolOp) throws {
        for controls in [[], [Control("1.2.3", isCritical: true, value: [1]), Control("1.2.4")]] {
            let message = LDAPMessage(2_147_483_647, operation, controls: controls)
            let read = try LDAPMessage(decoding: message.encoded.span)
            #expect(read == message)
        }
    }

    /// The octets that OpenLDAP's ldapsearch sends for an anonymous bind and its answer.
    @Test func writesTheOctetsOfRFC4511Section5_1() {
        let bind = LDAPMessage(1, .bindRequest(BindRequest(name: "", authentication: .simple([])))).encoded
        #expect(bind == hex("30 0C 02 01 01 60 07 02 01 03 04 00 80 00"))
        let answer = LDAPMessage(1, .bindResponse(BindResponse(.success))).encoded
        #expect(answer == hex("30 0C 02 01 01 61 07 0A 01 00 04 00 04 00"))
        let unbind = LDAPMessage(3, .unbindRequest).encoded
        #expect(unbind == hex("30 05 02 01 03 42 00"))
        let abandon = LDAPMessage(4, .abandonRequest(3)).encoded
        #expect(abandon == hex("30 06 02 01 04 50 01 03"))
        let delete = LDAPMessage(5, .deleteRequest("dc=a"), controls: [Control(OID.Control.manageDsaIT)]).encoded
        #expect(
            delete == hex("30 26 02 01 05 4A 04 64 63 3D 61 A0 1B 30 19 04 17")
                + Array(OID.Control.manageDsaIT.utf8))
    }

    @Test func ignoresElementsOfLaterVersionsOfRFC4511Section4() throws {
        let pdu = hex("30 13 02 01 01 61 0C 0A 01 00 04 00 04 00 BE 03 01 02 03 C5 00")
        let read = try LDAPMessage(decoding: pdu.span)
        #expect(read == LDAPMessage(1, .bindResponse(BindResponse(.success))))
    }

    @Test(arguments: [
        VerdictCase("a base", PDU.search(base: hex("04 02 C3 28"))),
        VerdictCase("an attribute", PDU.search(attributes: Element.of(0x30, hex("04 01 FF")))),
        VerdictCase("a filter's attribute", PDU.search(filter: hex("87 01 FF"))),
        VerdictCase("a filter that asks nothing", PDU.search(filter: hex("AA 00"))),
        VerdictCase("an authentication choice that is not defined", PDU.bind(authentication: hex("85 00"))),
        VerdictCase("a negative abandoned ID", PDU.message(Element.integer(-1, tag: 0x50))),
        VerdictCase(
            "a result code beyond 32 bits",
            PDU.message(Element.of(0x65, Element.integer(1 << 40, tag: 0x0A), hex("04 00 04 00")))),
    ])
    func refusesValuesThatItCannotHold(_ testCase: VerdictCase) {
        #expect(throws: LDAPDecodingError.protocolError(7, "")) { try LDAPMessage(decoding: testCase.pdu.span) }
    }

    @Test func responsesOfTheServerReadBack() throws {
        var writer = BERWriter()
        let page = PagedResults(size: 0, cookie: [1, 2]).control()
        writeSearchResultDone(to: &writer, messageID: 1, result: Self.result, controls: [page])
        writeResult(to: &writer, operation: .compare, messageID: 2, result: LDAPResult(.compareFalse))
        writeBindResponse(to: &writer, messageID: 3, result: .success, serverCredentials: [5])
        writeExtendedResponse(to: &writer, messageID: 4, result: .success, value: Array("u:a".utf8))
        writeSearchResultReference(to: &writer, messageID: 5, urls: ["ldap://a/"])
        writeNoticeOfDisconnection(to: &writer, result: LDAPResult(.protocolError, diagnosticMessage: "no LDAP"))
        let expected = [
            LDAPMessage(1, .searchResultDone(Self.result), controls: [page]),
            LDAPMessage(2, .compareResponse(LDAPResult(.compareFalse))),
            LDAPMessage(3, .bindResponse(BindResponse(.success, serverCredentials: [5]))),
            LDAPMessage(4, .extendedResponse(ExtendedResponse(.success, value: Array("u:a".utf8)))),
            LDAPMessage(5, .searchResultReference(["ldap://a/"])),
            LDAPMessage(
                .unsolicited,
                .extendedResponse(
                    .noticeOfDisconnection(LDAPResult(.protocolError, diagnosticMessage: "no LDAP")))),
        ]
        var stream = writer.array
        for message in expected {
            let length = try #require(try nextMessageLength(stream.span, limit: Limits.messageBytes))
            let read = try LDAPMessage(decoding: Array(stream.prefix(length)).span)
            #expect(read == message)
            stream.removeFirst(length)
        }
        #expect(stream.isEmpty)
    }
}

@Suite struct PagedResultsTests {
    @Test func readsAndWritesTheValueOfRFC2696Section2() throws {
        let value = PagedResults(size: 100, cookie: [0xAB])
        #expect(value.encoded == hex("30 06 02 01 64 04 01 AB"))
        let read = try PagedResults(decoding: value.encoded.span, messageID: 1)
        #expect(read == value)
        let control = value.control(isCritical: true)
        #expect(control == Control("1.2.840.113556.1.4.319", isCritical: true, value: value.encoded))
    }

    /// The value's octets are no part of the PDU's structure: whatever they are, the connection stays.
    @Test(arguments: [
        "", "00", "30 00", "30 03 02 01 01", "30 05 04 00 02 01 01", "30 05 02 01 FF 04 00",
        "30 09 02 05 01 00 00 00 00 04 00", "30 05 02 01 01 04 00 00", "30 80 02 01 01 04 00 00 00",
        "61 62 63 64 65 66 67",
    ])
    func answersAValueThatIsNone(bytes: String) {
        #expect(throws: LDAPDecodingError.protocolError(7, "")) {
            try PagedResults(decoding: hex(bytes).span, messageID: 7)
        }
    }
}

@Suite struct ResultCodeTests {
    /// RFC 4511 appendix A and the registered extensions: number and name.
    @Test(arguments: [
        (ResultCode.success, 0, "success"), (.protocolError, 2, "protocolError"), (.compareTrue, 6, "compareTrue"),
        (.referral, 10, "referral"), (.unavailableCriticalExtension, 12, "unavailableCriticalExtension"),
        (.noSuchObject, 32, "noSuchObject"), (.invalidCredentials, 49, "invalidCredentials"),
        (.unwillingToPerform, 53, "unwillingToPerform"), (.other, 80, "other"), (.canceled, 118, "canceled"),
        (.noSuchOperation, 119, "noSuchOperation"), (.tooLate, 120, "tooLate"), (.cannotCancel, 121, "cannotCancel"),
        (.assertionFailed, 122, "assertionFailed"), (.authorizationDenied, 123, "authorizationDenied"),
        (.syncRefreshRequired, 4096, "syncRefreshRequired"), (ResultCode(rawValue: 9_999), 9_999, "9999"),
    ])
    func hasItsNumberAndName(code: ResultCode, number: Int32, name: String) {
        #expect(code.rawValue == number && code.description == name)
    }

    @Test func everyRequestHasItsResponse() {
        for request in RequestOperation.allCases {
            switch request {
            case .unbind, .abandon: #expect(request.response == nil)
            case .search: #expect(request.response == .searchResultDone)
            case .delete: #expect(request.response?.rawValue == 0x6B)
            // All others are one application tag above their request.
            default: #expect(request.response?.rawValue == request.rawValue + 1)
            }
        }
    }
}

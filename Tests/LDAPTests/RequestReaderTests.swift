import BER
import LDAP
import ReusedMemory
import RandomTesting
import Testing

/// The fields a server reads are the values a client wrote.
@Suite struct RequestReaderTests {
    private func text(_ pdu: [UInt8], _ range: Range<Int>) -> String { String(decoding: pdu[range], as: UTF8.self) }

    @Test func readsABindOfRFC4511Section4_2() throws {
        let pdu = LDAPMessage(
            5, .bindRequest(BindRequest(name: "cn=reader", authentication: .simple(Array("s3".utf8))))
        ).encoded
        let reader = try RequestReader(pdu.span)
        #expect(reader.messageID == 5)
        #expect(reader.operation == .bind)
        let bind = try reader.bindRequest()
        #expect(bind.version == 3 && text(pdu, bind.name) == "cn=reader")
        guard case .simple(let password) = bind.authentication else {
            Issue.record("not simple")
            return
        }
        #expect(text(pdu, password) == "s3")
    }

    @Test func tellsNoSASLCredentialsFromEmptyOnes() throws {
        for credentials in [nil, [], [1, 2]] as [[UInt8]?] {
            let bind = BindRequest(name: "", authentication: .sasl(mechanism: "PLAIN", credentials: credentials))
            let pdu = LDAPMessage(1, .bindRequest(bind)).encoded
            let fields = try RequestReader(pdu.span).bindRequest()
            guard case .sasl(let mechanism, let range) = fields.authentication else {
                Issue.record("not SASL")
                return
            }
            #expect(text(pdu, mechanism) == "PLAIN")
            #expect(range.map { Array(pdu[$0]) } == credentials)
        }
    }

    @Test func readsASearchOfRFC4511Section4_5() throws {
        let search = SearchRequest(
            base: "dc=example,dc=edu", scope: .one, derefAliases: .always, sizeLimit: 10, timeLimit: 20,
            typesOnly: true,
            filter: .and([.present("cn"), .equality("uid", "alice")]), attributes: ["cn", "+", "1.1", "cn"])
        let pdu = LDAPMessage(9, .searchRequest(search)).encoded
        var fields = SearchRequestFields()
        var filter = FlatFilter()
        for _ in 0..<2 { try RequestReader(pdu.span).searchRequest(into: &fields, filter: &filter) }
        let (base, scope, aliases, typesOnly) = (fields.base, fields.scope, fields.derefAliases, fields.typesOnly)
        #expect(text(pdu, base) == search.base)
        #expect(scope == .one && aliases == .always && typesOnly)
        let (sizeLimit, timeLimit, attributes) = (fields.sizeLimit, fields.timeLimit, fields.attributes.array)
        #expect(sizeLimit == 10 && timeLimit == 20)
        #expect(attributes.map { text(pdu, $0) } == search.attributes)
        let nodes = filter.nodes.array
        #expect(nodes.map(\.kind) == [.and, .present, .equality])
        #expect(text(pdu, nodes[2].value) == "alice")
        var writer = BERWriter()
        search.filter.encode(into: &writer)
        let encodedFilter = writer.array
        let filterRange = fields.filter
        #expect(Array(pdu[filterRange]) == encodedFilter)
    }

    @Test func readsCompareExtendedAndAbandon() throws {
        let compare = LDAPMessage(2, .compareRequest(CompareRequest(entry: "dc=a", attribute: "cn", value: [1])))
            .encoded
        let compared = try RequestReader(compare.span).compareRequest()
        #expect(text(compare, compared.entry) == "dc=a" && text(compare, compared.attribute) == "cn")
        #expect(Array(compare[compared.value]) == [1])

        let extended = LDAPMessage(3, .extendedRequest(ExtendedRequest(OID.Extension.whoAmI))).encoded
        let asked = try RequestReader(extended.span).extendedRequest()
        #expect(text(extended, asked.name) == OID.Extension.whoAmI && asked.value == nil)

        let abandon = LDAPMessage(4, .abandonRequest(300)).encoded
        let abandoned = try RequestReader(abandon.span).abandonRequest()
        #expect(abandoned == 300)
    }

    @Test func readsTheEntryOfEveryWrite() throws {
        let person = PartialAttribute("cn", "a", "b")
        let writes: [ProtocolOp] = [
            .addRequest(AddRequest(entry: "dc=a", attributes: [person])),
            .modifyRequest(
                ModifyRequest(entry: "dc=a", changes: [.init(.replace, person), .init(.increment, person)])),
            .deleteRequest("dc=a"),
            .modifyDNRequest(ModifyDNRequest(entry: "dc=a", newRDN: "dc=b", deletesOldRDN: true, newSuperior: "dc=c")),
        ]
        for write in writes {
            let pdu = LDAPMessage(1, write).encoded
            let entry = try RequestReader(pdu.span).writeRequest().entry
            #expect(text(pdu, entry) == "dc=a")
        }
    }

    @Test func readsCancelOfRFC3909AndAnswersABadValue() throws {
        func cancelID(_ value: [UInt8]?) throws -> MessageID? {
            let pdu = LDAPMessage(3, .extendedRequest(ExtendedRequest(OID.Extension.cancel, value: value))).encoded
            let reader = try RequestReader(pdu.span)
            return try reader.cancelID(try reader.extendedRequest().value)
        }
        #expect(try cancelID(hex("30 03 02 01 09")) == 9)
        #expect(try cancelID(hex("30 03 02 01 FF")) == nil)
        for value in [nil, [], hex("30 00"), hex("02 01 09"), hex("30 03 02 01 09 00")] {
            #expect(throws: LDAPDecodingError.protocolError(3, "")) { try cancelID(value) }
        }
    }

    @Test func readsControlsAndTellsNoValueFromAnEmptyOne() throws {
        let controls = [
            Control("1.2.3", isCritical: true, value: [9]), Control("1.2.4", value: []), Control("1.2.5"),
        ]
        let pdu = LDAPMessage(1, .unbindRequest, controls: controls).encoded
        var fields = ReusedList<ControlFields>()
        try RequestReader(pdu.span).readControls(into: &fields)
        let read = fields.array
        #expect(read.map { text(pdu, $0.oid) } == ["1.2.3", "1.2.4", "1.2.5"])
        #expect(read.map(\.isCritical) == [true, false, false])
        #expect(read.map { $0.value.map { Array(pdu[$0]) } } == [[9], [], nil])
        let plain = LDAPMessage(1, .unbindRequest).encoded
        try RequestReader(plain.span).readControls(into: &fields)
        let isEmpty = fields.isEmpty
        #expect(isEmpty)
    }

    @Test func acceptsTheControlLimitAndNotOneMore() {
        let control = PDU.control(Element.string("1.2.3"))
        #expect(verdict(PDU.withControls(Array(repeating: control, count: Limits.controlsPerRequest))) == nil)
        #expect(
            verdict(PDU.withControls(Array(repeating: control, count: Limits.controlsPerRequest + 1)))
                == .protocolError(7, ""))
    }

    @Test func acceptsTheAttributeLimitAndNotOneMore() {
        #expect(Limits.requestedAttributes >= 1_000)
        func search(_ count: Int) -> [UInt8] {
            PDU.search(attributes: Element.of(0x30, Array(repeatElement(Element.string("cn"), count: count).joined())))
        }
        #expect(verdict(search(Limits.requestedAttributes)) == nil)
        #expect(verdict(search(Limits.requestedAttributes + 1)) == .protocolError(7, ""))
    }

    /// Whatever the octets inside a sound envelope, there is a verdict, and no trap.
    @Test func givesAVerdictOnMutatedRequests() throws {
        var random = SeededRandom()
        let operations: [ProtocolOp] = [
            .bindRequest(BindRequest(name: "cn=a", authentication: .sasl(mechanism: "PLAIN", credentials: [0, 1]))),
            .searchRequest(
                SearchRequest(
                    base: "dc=a", filter: try Filter(parsing: "(&(a=b*c*d)(!(x:dn:r:=y))(|(p=*)(q>=1)))"),
                    attributes: ["cn"])),
            .modifyRequest(ModifyRequest(entry: "dc=a", changes: [.init(.add, PartialAttribute("cn", "v"))])),
            .compareRequest(CompareRequest(entry: "dc=a", attribute: "cn", value: [1, 2])),
            .extendedRequest(ExtendedRequest("1.2.3", value: [1])),
        ]
        for _ in 0..<3_000 {
            let operation = operations.randomElement(using: &random) ?? .unbindRequest
            var pdu = LDAPMessage(77, operation, controls: [Control("1.2", isCritical: true, value: [1])]).encoded
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                pdu[Int.random(in: 2..<pdu.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            let error = verdict(pdu)
            // A value is copied only where the server's reader is content; then the client's must agree about structure.
            if error == nil,
                case .failure(.malformed(let reason)) = Result(catching: { () throws(LDAPDecodingError) in
                    try LDAPMessage(decoding: pdu.span)
                })
            {
                Issue.record("seed \(random.seed): \(reason)")
            }
        }
    }
}

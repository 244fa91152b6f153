import BER
import LDAP
import ReusedMemory
import Testing

@Suite struct FlatFilterTests {
    /// The filter `text`, encoded and compiled, or why it was refused.
    private func compile(_ octets: [UInt8]) throws(LDAPDecodingError) -> FlatFilter {
        var reader = BERReader(octets.span)
        var filter = FlatFilter()
        try filter.decode(&reader, messageID: 7)
        return filter
    }

    private func kinds(_ octets: [UInt8]) throws(LDAPDecodingError) -> [FilterKind] {
        try compile(octets).nodes.array.map(\.kind)
    }

    private func encoded(_ text: String) throws -> [UInt8] {
        var writer = BERWriter()
        try Filter(parsing: text).encode(into: &writer)
        return writer.array
    }

    @Test func laysComponentsOutInPreOrder() throws {
        let octets = try encoded("(&(a=1)(|(b=2)(!(c=3)))(d=*))")
        let nodes = try compile(octets).nodes.array
        #expect(nodes.map(\.kind) == [.and, .equality, .or, .equality, .not, .equality, .present])
        #expect(nodes.map(\.subtreeEnd) == [7, 2, 6, 4, 6, 6, 7])
        #expect(nodes.map(\.childCount) == [3, 0, 2, 0, 1, 0, 0])
        #expect(Array(octets[nodes[3].attribute]) == Array("b".utf8))
        #expect(Array(octets[nodes[3].value]) == Array("2".utf8))
        #expect(Array(octets[nodes[6].attribute]) == Array("d".utf8))
    }

    @Test func keepsThePartsOfSubstrings() throws {
        let octets = try encoded("(&(cn=a*bc*d*e)(sn=*x))")
        let filter = try compile(octets)
        let (nodes, parts) = (filter.nodes.array, filter.parts.array)
        #expect(nodes[1].parts == 0..<4 && nodes[2].parts == 4..<5)
        #expect(parts.map(\.kind) == [.initial, .any, .any, .final, .final])
        #expect(parts.map { String(decoding: octets[$0.value], as: UTF8.self) } == ["a", "bc", "d", "e", "x"])
    }

    @Test func keepsTheFieldsOfAnExtensibleMatch() throws {
        let octets = try encoded("(|(cn:dn:2.4.6.8.10:=Dino)(:caseExactMatch:=x)(o:=y))")
        let nodes = try compile(octets).nodes.array.dropFirst()
        #expect(nodes.allSatisfy { $0.kind == .extensible })
        #expect(nodes.map(\.dnAttributes) == [true, false, false])
        #expect(nodes.map { String(decoding: octets[$0.attribute], as: UTF8.self) } == ["cn", "", "o"])
        #expect(
            nodes.map { $0.matchingRule.map { String(decoding: octets[$0], as: UTF8.self) } }
                == ["2.4.6.8.10", "caseExactMatch", nil])
    }

    /// RFC 4526: and of nothing is true, or of nothing is false.
    @Test func acceptsEmptyAndAndOr() throws {
        let and = try compile(hex("A0 00")).nodes[0]
        #expect(and.kind == .and && and.childCount == 0 && and.subtreeEnd == 1)
        let or = try compile(hex("A1 00")).nodes[0]
        #expect(or.kind == .or && or.childCount == 0)
    }

    /// RFC 4511 §4.5.1.7: what cannot be evaluated is Undefined, not an error for the search.
    @Test(arguments: [
        ("A4 05 04 01 61 30 00", "no substrings"),
        ("A4 0B 04 01 61 30 06 80 01 62 80 01 63", "two initial parts"),
        ("A4 0B 04 01 61 30 06 81 01 62 80 01 63", "an initial part after another"),
        ("A4 0B 04 01 61 30 06 82 01 62 82 01 63", "two final parts"),
        ("A4 0B 04 01 61 30 06 82 01 62 81 01 63", "a final part before another"),
        ("A4 07 04 01 61 30 02 80 00", "an empty initial part"),
        ("A4 07 04 01 61 30 02 81 00", "an empty any part"),
        ("A4 07 04 01 61 30 02 82 00", "an empty final part"),
        ("A4 08 04 01 61 30 03 83 01 62", "a part of an unknown choice"),
        ("A9 03 83 01 62", "an extensible match of neither rule nor type"),
        ("AA 00", "an unknown constructed choice"),
        ("8B 02 61 62", "an unknown primitive choice"),
    ])
    func callsWhatAsksNothingUndefined(bytes: String, what: String) throws {
        #expect(try kinds(hex(bytes)) == [.undefined], "\(what)")
        // The same inside a not, which must stay Undefined for the evaluator.
        let octets = hex(bytes)
        #expect(try kinds([0xA2, UInt8(octets.count)] + octets) == [.not, .undefined])
    }

    @Test func leavesTheReaderBehindTheFilter() throws {
        let octets = hex("A0 06 87 01 61 87 01 62 30 00")
        var reader = BERReader(octets.span)
        var filter = FlatFilter()
        try filter.decode(&reader, messageID: 1)
        let position = reader.position
        #expect(position == 8)
    }

    /// `depth` components of `tag`, each inside the one before, around a presence; written from the inside out.
    private func nested(_ depth: Int, tag: UInt8) -> [UInt8] {
        var reversed = Array(hex("87 01 61").reversed())
        for _ in 0..<depth {
            var header = BERWriter(capacity: 16)
            header.header(tag, length: reversed.count)
            reversed += header.array.reversed()
        }
        return reversed.reversed()
    }

    @Test(arguments: [UInt8(0xA0), 0xA1, 0xA2])
    func acceptsTheDepthLimitAndNotOneMore(tag: UInt8) throws {
        #expect(try kinds(nested(500, tag: tag)).count == 501)
        let deepest = try compile(nested(Limits.filterDepth, tag: tag)).nodes.array
        #expect(deepest.count == Limits.filterDepth + 1)
        #expect(deepest.allSatisfy { $0.subtreeEnd == Limits.filterDepth + 1 })
        for depth in [Limits.filterDepth + 1, 5_000, 20_000] {
            #expect(throws: LDAPDecodingError.protocolError(7, "")) { try kinds(nested(depth, tag: tag)) }
        }
    }

    @Test func acceptsTheElementLimitAndNotOneMore() throws {
        func or(_ count: Int) -> [UInt8] {
            Element.of(0xA1, Array(repeatElement(hex("87 01 61"), count: count).joined()))
        }
        #expect(try kinds(or(Limits.filterElements - 1)).count == Limits.filterElements)
        #expect(throws: LDAPDecodingError.protocolError(7, "")) { try kinds(or(Limits.filterElements)) }
    }

    @Test func acceptsTheSubstringLimitAndNotOneMore() throws {
        func substrings(_ count: Int) -> [UInt8] {
            Element.of(
                0xA4, Element.string("a"),
                Element.of(0x30, Array(repeatElement(hex("81 01 62"), count: count).joined())))
        }
        let most = try compile(substrings(Limits.substringParts)).parts.count
        #expect(most == Limits.substringParts)
        #expect(throws: LDAPDecodingError.protocolError(7, "")) { try kinds(substrings(Limits.substringParts + 1)) }
    }

    @Test func isEmptyAfterAnErrorAndUsableAgain() throws {
        var filter = FlatFilter()
        for octets in [hex("A0 03 87 01 61"), hex("A0 06 87 01 61 A2 01 87"), hex("87 01 61")] {
            var reader = BERReader(octets.span)
            do throws(LDAPDecodingError) {
                try filter.decode(&reader, messageID: 1)
                let isEmpty = filter.isEmpty
                #expect(!isEmpty)
            } catch {
                let isEmpty = filter.isEmpty
                #expect(error == .malformed("") && isEmpty)
            }
        }
        let count = filter.nodes.count
        #expect(count == 1)
    }

    @Test func isReadAgainFromTheStart() throws {
        let octets = try encoded("(&(cn=a*b*c)(|(a=1)(b=2)(!(c=3))))")
        var filter = FlatFilter()
        for _ in 0..<3 {
            var reader = BERReader(octets.span)
            try filter.decode(&reader, messageID: 1)
            let (nodes, parts) = (filter.nodes.count, filter.parts.count)
            #expect(nodes == 7 && parts == 3)
        }
    }
}

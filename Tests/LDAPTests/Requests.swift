import BER
import LDAP
import ReusedMemory

/// BER put together by hand, so that tests can write what the encoder would not.
enum Element {
    static func of(_ tag: UInt8, _ contents: [UInt8]...) -> [UInt8] {
        let joined = Array(contents.joined())
        var writer = BERWriter(capacity: joined.count + 16)
        writer.octetString(joined, tag: tag)
        return writer.array
    }

    static func string(_ text: String, tag: UInt8 = 0x04) -> [UInt8] { of(tag, Array(text.utf8)) }

    static func integer(_ value: Int64, tag: UInt8 = 0x02) -> [UInt8] {
        var writer = BERWriter(capacity: 16)
        writer.integer(value, tag: tag)
        return writer.array
    }

    static let `true`: [UInt8] = [0x01, 0x01, 0xFF]
    static let `false`: [UInt8] = [0x01, 0x01, 0x00]
}

/// Whole messages put together by hand.
enum PDU {
    static func message(id: [UInt8] = Element.integer(7), _ parts: [UInt8]...) -> [UInt8] {
        Element.of(0x30, id + parts.joined())
    }

    static func bind(
        version: [UInt8] = Element.integer(3), name: [UInt8] = Element.string("cn=a"),
        authentication: [UInt8] = Element.string("pw", tag: 0x80), rest: [UInt8] = []
    ) -> [UInt8] {
        message(Element.of(0x60, version, name, authentication, rest))
    }

    static func search(
        base: [UInt8] = Element.string("dc=a"), scope: [UInt8] = Element.integer(2, tag: 0x0A),
        deref: [UInt8] = Element.integer(0, tag: 0x0A), size: [UInt8] = Element.integer(0),
        time: [UInt8] = Element.integer(0), typesOnly: [UInt8] = Element.false,
        filter: [UInt8] = Element.string("cn", tag: 0x87), attributes: [UInt8] = Element.of(0x30), rest: [UInt8] = []
    ) -> [UInt8] {
        message(Element.of(0x63, base, scope, deref, size, time, typesOnly, filter, attributes, rest))
    }

    static func control(_ parts: [UInt8]...) -> [UInt8] { Element.of(0x30, Array(parts.joined())) }

    static func withControls(_ controls: [[UInt8]]) -> [UInt8] {
        message(Element.of(0x4A, Array("dc=a".utf8)), Element.of(0xA0, Array(controls.joined())))
    }
}

/// What a server does with `pdu`: reads the envelope, the operation and the controls. Nil where all is well.
func verdict(_ pdu: [UInt8]) -> LDAPDecodingError? {
    do throws(LDAPDecodingError) {
        let request = try RequestReader(pdu.span)
        switch request.operation {
        case .bind: _ = try request.bindRequest()
        case .search:
            var fields = SearchRequestFields()
            var filter = FlatFilter()
            try request.searchRequest(into: &fields, filter: &filter)
        case .compare: _ = try request.compareRequest()
        case .extended: _ = try request.extendedRequest()
        case .abandon: _ = try request.abandonRequest()
        case .add, .modify, .modifyDN, .delete: _ = try request.writeRequest()
        case .unbind: break
        }
        var controls = ReusedList<ControlFields>()
        try request.readControls(into: &controls)
        return nil
    } catch {
        return error
    }
}

import BER
import LDAP
import Testing

/// Octets that a stranger sends on a new connection, and what RFC 4511 and our design make of them.
struct HostileCase: CustomTestStringConvertible, Sendable {
    /// What the server says, in order, and whether it stays.
    enum Answer: Sendable {
        /// A Notice of Disconnection with protocolError, then the end (RFC 4511 section 4.1.1).
        case notice
        /// These results, entries and references before them aside; the connection stays.
        case results([ResultCode])
        /// Nothing at all; the connection stays.
        case silence
        /// Nothing but the end.
        case end
    }

    let what: String
    let octets: [UInt8]
    let answer: Answer

    var testDescription: String { what }

    static func notice(_ what: String, _ octets: [UInt8]) -> HostileCase {
        HostileCase(what: what, octets: octets, answer: .notice)
    }

    static func result(_ code: ResultCode, _ what: String, _ octets: [UInt8]) -> HostileCase {
        HostileCase(what: what, octets: octets, answer: .results([code]))
    }
}

/// The octets written as hexadecimal digits, in pairs, with or without spaces.
func hex(_ text: String) -> [UInt8] {
    let digits = text.filter { !$0.isWhitespace }.map { UInt8($0.hexDigitValue ?? 0) }
    return stride(from: 0, to: digits.count - 1, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
}

/// An element put together by hand, as no encoder would write it.
func element(_ tag: UInt8, _ contents: [UInt8]...) -> [UInt8] {
    let joined = Array(contents.joined())
    var writer = BERWriter(capacity: joined.count + 16)
    writer.octetString(joined, tag: tag)
    return writer.array
}

/// A string element.
func string(_ text: String, _ tag: UInt8 = 0x04) -> [UInt8] { element(tag, Array(text.utf8)) }

/// An INTEGER, or with another tag an ENUMERATED.
func integer(_ value: Int64, _ tag: UInt8 = 0x02) -> [UInt8] {
    var writer = BERWriter(capacity: 16)
    writer.integer(value, tag: tag)
    return writer.array
}

/// A message with the ID 7.
func message(_ parts: [UInt8]...) -> [UInt8] { element(0x30, integer(7), Array(parts.joined())) }

/// `count` copies of `octets`.
func copies(_ octets: [UInt8], _ count: Int) -> [UInt8] { Array(repeatElement(octets, count: count).joined()) }

/// A bind of `name`.
func bind(
    _ name: [UInt8] = string(""), version: [UInt8] = integer(3), _ authentication: [UInt8] = hex("80 00")
) -> [UInt8] {
    message(element(0x60, version, name, authentication))
}

/// A bind of `name` with a password.
func bind(_ name: String, password: [UInt8]) -> [UInt8] { bind(string(name), element(0x80, password)) }

/// The presence of objectClass.
let anything = string("objectClass", 0x87)

/// A search of the suffix entry, but for what is said to be otherwise.
func search(
    base: [UInt8] = string(TestDirectory.suffix), scope: [UInt8] = integer(0, 0x0A), deref: [UInt8] = integer(0, 0x0A),
    size: [UInt8] = integer(0), time: [UInt8] = integer(0), types: [UInt8] = hex("01 01 00"),
    filter: [UInt8] = anything, attributes: [UInt8] = string("1.1"), controls: [UInt8] = []
) -> [UInt8] {
    message(element(0x63, base, scope, deref, size, time, types, filter, element(0x30, attributes)), controls)
}

/// A search for what `filter` says, which is not well-formed in itself.
func filtered(_ octets: String) -> [UInt8] { search(filter: hex(octets)) }

/// A search with controls, each an OID, whether it is critical, and a value.
func controlled(_ controls: (oid: String, isCritical: Bool, value: [UInt8]?)...) -> [UInt8] {
    search(controls: element(0xA0, Array(controls.map(control).joined())))
}

/// A control.
func control(_ oid: String, isCritical: Bool, value: [UInt8]?) -> [UInt8] {
    element(0x30, string(oid), isCritical ? hex("01 01 FF") : [], value.map { element(0x04, $0) } ?? [])
}

/// A filter of `depth` components, each in the one before, written from the inside out.
func nested(_ depth: Int, _ tag: UInt8) -> [UInt8] {
    var reversed = Array(anything.reversed())
    for _ in 0..<depth {
        var header = BERWriter(capacity: 16)
        header.header(tag, length: reversed.count)
        reversed += header.array.reversed()
    }
    return search(filter: reversed.reversed())
}

/// An extended request.
func extended(_ oid: String, _ value: [UInt8]? = nil) -> [UInt8] {
    message(element(0x77, string(oid, 0x80), value.map { element(0x81, $0) } ?? []))
}

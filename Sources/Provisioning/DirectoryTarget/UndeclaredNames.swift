import CommonInterface
import Schema

/// Attributes and classes that records use and the schema lacks.
struct UndeclaredNames: Sendable {
    private let schema: Schema
    private var attributes: [String: (spelling: String, isBinary: Bool)] = [:]
    private var classes: [String: String] = [:]

    init(_ schema: Schema) { self.schema = schema }

    var isEmpty: Bool { attributes.isEmpty && classes.isEmpty }

    /// The names, sorted.
    var all: [String] { (attributes.values.map(\.spelling) + classes.values).sorted() }

    /// Notes what is new of one value.
    mutating func note(_ name: Span<UInt8>, _ value: Span<UInt8>) {
        let description = name.withoutOIDPrefix
        var end = 0
        while end < description.count, description[end] != UInt8(ascii: ";") { end += 1 }
        let type = description.extracting(0..<end)
        if let known = schema.attributeType(type) {
            if known.oid == Self.objectClass { noteClass(value) }
            return
        }
        let spelling = String(decoding: type.copied, as: UTF8.self)
        guard Self.isName(spelling) else { return }
        let isBinary = (try? UTF8Span(validating: value)) == nil || value.isEmpty
        attributes[spelling.lowercased(), default: (spelling, false)].isBinary =
            isBinary || attributes[spelling.lowercased()]?.isBinary ?? false
    }

    /// Notes what is new of a record.
    mutating func note(_ subject: SubjectName, _ record: [IdentityAttribute]) {
        note(subject.attribute.utf8.span, subject.value.span)
        for attribute in record {
            for value in attribute.values { note(attribute.name.utf8.span, value.span) }
        }
    }

    private mutating func noteClass(_ value: Span<UInt8>) {
        guard schema.objectClass(value) == nil else { return }
        let spelling = String(decoding: value.copied, as: UTF8.self)
        guard Self.isName(spelling) else { return }
        classes[spelling.lowercased()] = spelling
    }

    private static let objectClass = "2.5.4.0"

    /// The schema with these names.
    var extendedSchema: Schema {
        schema.addingUnknown(
            attributeTypes: attributes.sorted { $0.key < $1.key }.map { ($0.value.spelling, $0.value.isBinary) },
            objectClasses: classes.sorted { $0.key < $1.key }.map(\.value))
    }

    /// Adds what another has noted.
    mutating func add(_ other: UndeclaredNames) {
        for (key, name) in other.attributes {
            attributes[key, default: name].isBinary = name.isBinary || attributes[key]?.isBinary ?? false
        }
        classes.merge(other.classes) { known, _ in known }
    }

    /// RFC 4512 section 1.4: descr or numericoid.
    static func isName(_ text: String) -> Bool {
        func isDigit(_ octet: UInt8) -> Bool { (0x30...0x39).contains(octet) }
        func isLetter(_ octet: UInt8) -> Bool { (0x61...0x7A).contains(octet | 0x20) }
        guard let first = text.utf8.first else { return false }
        if isLetter(first) {
            return text.utf8.allSatisfy { isLetter($0) || isDigit($0) || $0 == UInt8(ascii: "-") }
        }
        let arcs = text.split(separator: ".", omittingEmptySubsequences: false)
        return arcs.count > 1
            && arcs.allSatisfy { arc in
                !arc.isEmpty && arc.utf8.allSatisfy(isDigit) && (arc == "0" || arc.first != "0")
            }
    }
}

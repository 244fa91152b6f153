import AttributeIndex
import LDIF
import Schema

/// The attribute types and object classes that LDIF files use and the schema lacks, found by reading the files through.
///
/// Only an import that met such a name pays for this: whether an attribute's values are text is known at the end.
struct UnknownNames {
    /// One unknown attribute type or class.
    private struct Name {
        let spelling: String
        let first: RecordPlace
        var count = 0
        var isBinary = false
    }

    private let schema: Schema
    private var attributeTypes: [String: Name] = [:]
    private var objectClasses: [String: Name] = [:]
    private var attributeOrder: [String] = []
    private var classOrder: [String] = []
    private var names: AttributeNames

    init(schema: Schema) {
        self.schema = schema
        names = AttributeNames(schema: schema)
    }

    /// Reads one file through.
    mutating func read(_ reader: inout LDIFReader) throws(ProvisioningError) {
        while try reader.nextRecord() { note(reader) }
    }

    /// Notes the names of the reader's current record.
    mutating func note(_ reader: borrowing LDIFReader) {
        noteNames(inDN: reader)
        for line in reader.lines { note(line, of: reader) }
    }

    private mutating func note(_ line: LDIFLine, of reader: borrowing LDIFReader) {
        let name = reader.bytes(line.name)
        let place = RecordPlace(file: reader.file, line: line.line)
        guard let known = names.find(name) else {
            let type = Self.type(of: name)
            guard schema.attributeType(type) == nil else { return }
            let isText = line.isText || (try? UTF8Span(validating: reader.bytes(line.value))) != nil
            noteAttribute(type, isBinary: !isText, at: place)
            return
        }
        guard names.entries[known].type.oid == Self.objectClass, schema.objectClass(reader.bytes(line.value)) == nil
        else { return }
        noteClass(String(decoding: reader.copy(line.value), as: UTF8.self), at: place)
    }

    private static let objectClass = "2.5.4.0"

    /// The attribute type of a description, without its options.
    private static func type(of name: Span<UInt8>) -> String {
        String(String(decoding: name.copied, as: UTF8.self).prefix { $0 != ";" })
    }

    private mutating func noteAttribute(_ type: String, isBinary: Bool, at place: RecordPlace) {
        guard Self.isName(type) else { return }
        let key = type.lowercased()
        if attributeTypes[key] == nil { attributeOrder.append(key) }
        attributeTypes[key, default: Name(spelling: type, first: place)].count += 1
        if isBinary { attributeTypes[key]?.isBinary = true }
    }

    private mutating func noteClass(_ name: String, at place: RecordPlace) {
        guard Self.isName(name) else { return }
        let key = name.lowercased()
        if objectClasses[key] == nil { classOrder.append(key) }
        objectClasses[key, default: Name(spelling: name, first: place)].count += 1
    }

    /// Types in the names of entries whose parents are in no file.
    private mutating func noteNames(inDN reader: borrowing LDIFReader) {
        var key: [UInt8] = []
        do {
            try schema.appendDNKey(of: reader.bytes(reader.dn), to: &key)
            return
        } catch {
            guard error.code == .unknownAttributeType else { return }
        }
        let place = RecordPlace(file: reader.file, line: reader.line)
        for part in String(decoding: reader.copy(reader.dn), as: UTF8.self).split(separator: ",") {
            let type = part.prefix { $0 != "=" }.trimmingSpaces
            if part.contains("="), schema.attributeType(type) == nil {
                noteAttribute(type, isBinary: false, at: place)
            }
        }
    }

    /// RFC 4512 section 1.4: descr or numericoid. Others stay unknown, and are refused in their place.
    private static func isName(_ text: String) -> Bool {
        guard let first = text.utf8.first else { return false }
        if first.isASCIILetter {
            return text.utf8.allSatisfy { $0.isASCIILetter || $0.isASCIIDigit || $0 == UInt8(ascii: "-") }
        }
        let arcs = text.split(separator: ".", omittingEmptySubsequences: false)
        return arcs.count > 1
            && arcs.allSatisfy { arc in
                !arc.isEmpty && arc.utf8.allSatisfy(\.isASCIIDigit) && (arc == "0" || arc.first != "0")
            }
    }

    /// Whether the files use no name but the schema's.
    var isEmpty: Bool { attributeOrder.isEmpty && classOrder.isEmpty }

    /// The schema with the names of the files.
    var extendedSchema: Schema {
        schema.addingUnknown(
            attributeTypes: attributeOrder.compactMap { key in
                attributeTypes[key].map { ($0.spelling, $0.isBinary) }
            },
            objectClasses: classOrder.compactMap { objectClasses[$0]?.spelling })
    }

    /// Warns of each name, or refuses the first when strict.
    func report(to warnings: inout ImportWarnings) throws(ProvisioningError) {
        for name in attributeOrder.compactMap({ attributeTypes[$0] }) {
            try warnings.note(
                .unknownAttributeTypes, name: name.spelling, count: name.count, at: name.first,
                "expected an attribute of the schema; \(name.spelling) is not one")
        }
        for name in classOrder.compactMap({ objectClasses[$0] }) {
            try warnings.note(
                .unknownObjectClasses, name: name.spelling, count: name.count, at: name.first,
                "expected an object class of the schema; \(name.spelling) is not one")
        }
    }
}

extension UInt8 {
    fileprivate var isASCIILetter: Bool { (0x41...0x5A).contains(self & 0xDF) }
    fileprivate var isASCIIDigit: Bool { (0x30...0x39).contains(self) }
}

extension Substring {
    fileprivate var trimmingSpaces: String {
        String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}

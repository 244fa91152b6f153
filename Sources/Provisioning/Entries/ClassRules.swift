import AttributeIndex
import ReusedMemory
import Schema

/// What the object classes of an entry ask of it together (RFC 4512 section 2.4).
final class ClassRules {
    /// The name of the most specific structural class; nil where there is not exactly one chain of them.
    let structuralClass: [UInt8]?
    /// Attributes the entry must have.
    let required: [AttributeTypeID]
    /// Attributes the entry may have, by index of the type.
    private let allowed: [Bool]
    /// Whether any attribute may be there: extensibleObject, glue, or a class whose rules nobody knows.
    let allowsAll: Bool
    /// Whether two of the values may name one class.
    let mayRepeat: Bool
    /// Whether the entry was made by a server for a missing parent (OpenLDAP's class `glue`).
    let isGlue: Bool

    /// - Parameter knownClasses: classes from this index on came from the data, and nothing is known of them.
    init(_ values: [[UInt8]], in schema: Schema, knownClasses: Int) {
        let classes = values.compactMap { schema.objectClass($0.span) }
        mayRepeat = Set(classes.map(\.index)).count < values.count
        structuralClass = Self.structural(classes).map { Array($0.name.utf8) }
        var required: Set<AttributeTypeID> = []
        var allowed = [Bool](repeating: false, count: schema.attributeTypes.count)
        for objectClass in classes {
            for id in objectClass.allMust {
                required.insert(id)
                allowed[id.index] = true
            }
            for id in objectClass.allMay { allowed[id.index] = true }
        }
        if let objectClass = schema.attributeType("objectClass") { required.remove(objectClass.id) }
        self.required = required.sorted()
        self.allowed = allowed
        isGlue = classes.contains { $0.oid == Self.glue }
        allowsAll = isGlue || classes.contains { $0.index >= knownClasses || $0.oid == Self.extensibleObject }
    }

    /// Whether a user attribute of this type may be in the entry.
    func allows(_ id: AttributeTypeID) -> Bool {
        allowsAll || allowed[id.index]
    }

    /// RFC 4512 section 4.3.
    private static let extensibleObject = "1.3.6.1.4.1.1466.101.120.111"
    /// OpenLDAP's own, as slapcat writes it.
    private static let glue = "1.3.6.1.4.1.4203.666.3.4"

    /// RFC 4512 section 2.4.2: all structural classes of an entry are one chain; the end of it is what the entry is.
    private static func structural(_ classes: [ObjectClass]) -> ObjectClass? {
        let structural = classes.flatMap(\.lineage).filter { $0.kind == .structural }
        return structural.first { candidate in structural.allSatisfy { candidate.isSubclass(of: $0) } }
    }
}

/// The rules of every set of classes seen so far: people mostly have the same few.
struct ClassRulesTable {
    private let schema: Schema
    private let knownClasses: Int
    private var rules: [[[UInt8]]: ClassRules] = [:]
    // The set of the entry before: most entries have it too.
    private var last: (values: [[UInt8]], rules: ClassRules)?

    init(schema: Schema, knownClasses: Int) {
        self.schema = schema
        self.knownClasses = knownClasses
    }

    /// The rules of an entry, by its values of objectClass. Values that name no class of the schema ask for nothing.
    /// - Parameter place: of the attribute objectClass; nil where the entry has none.
    mutating func rules(of fields: borrowing EntryFields, _ place: Int?) -> ClassRules {
        if let last, isLast(last.values, fields, place) { return last.rules }
        let values = place.map { fields.values(ofAttribute: $0) } ?? []
        let found = rules[values] ?? ClassRules(values, in: schema, knownClasses: knownClasses)
        rules[values] = found
        last = (values, found)
        return found
    }

    private func isLast(_ values: [[UInt8]], _ fields: borrowing EntryFields, _ place: Int?) -> Bool {
        guard let place, fields.attributes[place].valueCount == values.count else { return false }
        let values = values.span
        var number = fields.attributes[place].first
        for index in values.indices {
            guard values[index].span.elementsEqual(fields.value(number)) else { return false }
            number = fields.value(after: number)
        }
        return true
    }
}

extension EntryFields {
    /// The values of the attribute at a place, copied.
    func values(ofAttribute place: Int) -> [[UInt8]] {
        var values: [[UInt8]] = []
        var number = attributes[place].first
        while number >= 0 {
            values.append(value(number).copied)
            number = value(after: number)
        }
        return values
    }
}

import AttributeIndex
import Schema

/// What the object classes of an entry ask of it together (RFC 4512 section 2.4).
struct ClassRules {
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
    private var rules: [ClassRules] = []
    private var indices: [[[UInt8]]: Int] = [:]
    // The set of the entry before: most entries have it too.
    private var last: (values: [[UInt8]], index: Int)?

    init(schema: Schema, knownClasses: Int) {
        self.schema = schema
        self.knownClasses = knownClasses
    }

    /// The rules for these values of objectClass. Values that name no class of the schema ask for nothing.
    mutating func rules(for values: [[UInt8]]) -> ClassRules {
        if let last, last.values == values { return rules[last.index] }
        let index = indices[values] ?? add(values)
        last = (values, index)
        return rules[index]
    }

    private mutating func add(_ values: [[UInt8]]) -> Int {
        rules.append(ClassRules(values, in: schema, knownClasses: knownClasses))
        indices[values] = rules.count - 1
        return rules.count - 1
    }
}

/// Everything that is known of attributes, classes, syntaxes and rules (RFC 4512 section 4). Immutable: adding
/// definitions makes another schema, in which what was there keeps its ID.
///
/// Look-ups disregard case, take names and numeric OIDs, and allocate nothing when they are asked with a span.
public final class Schema: Sendable {
    /// All attribute types; `AttributeType.id` is the index.
    public let attributeTypes: [AttributeType]
    /// All object classes; `ObjectClass.index` is the index.
    public let objectClasses: [ObjectClass]
    /// All matching rules.
    public let matchingRules: [MatchingRule]
    /// All syntaxes.
    public let syntaxes: [Syntax]

    let attributeNames: NameTable
    let classNames: NameTable
    let ruleNames: NameTable
    let syntaxNames: NameTable
    private let subtypeLists: [[AttributeTypeID]]

    init(
        attributeTypes: [AttributeType], objectClasses: [ObjectClass], syntaxes: [Syntax],
        attributeNames: NameTable, classNames: NameTable, syntaxNames: NameTable
    ) {
        self.attributeTypes = attributeTypes
        self.objectClasses = objectClasses
        self.syntaxes = syntaxes
        self.attributeNames = attributeNames
        self.classNames = classNames
        self.syntaxNames = syntaxNames
        matchingRules = BuiltInMatchingRules.all
        ruleNames = Self.ruleTable
        var lists = attributeTypes.map { [$0.id] }
        for type in attributeTypes {
            var superior = type.superior
            while let current = superior {
                lists[current.id.index].append(type.id)
                superior = current.superior
            }
        }
        subtypeLists = lists
    }

    static let ruleTable: NameTable = {
        var table = NameTable()
        for (index, rule) in BuiltInMatchingRules.all.enumerated() {
            table.set(rule.name, to: UInt32(index))
            table.set(rule.oid, to: UInt32(index))
        }
        return table
    }()

    /// The attribute type with this name or OID.
    public func attributeType(_ name: Span<UInt8>) -> AttributeType? {
        attributeNames.find(name).map { attributeTypes[Int($0)] }
    }

    /// The attribute type with this name or OID.
    public func attributeType(_ name: String) -> AttributeType? {
        attributeNames.find(name).map { attributeTypes[Int($0)] }
    }

    /// The ID of the attribute type with this name or OID.
    public func attributeTypeID(_ name: Span<UInt8>) -> AttributeTypeID? {
        attributeNames.find(name).map(AttributeTypeID.init(rawValue:))
    }

    /// The attribute type with this ID, which must be of this schema.
    public func attributeType(_ id: AttributeTypeID) -> AttributeType { attributeTypes[id.index] }

    /// The object class with this name or OID.
    public func objectClass(_ name: Span<UInt8>) -> ObjectClass? {
        classNames.find(name).map { objectClasses[Int($0)] }
    }

    /// The object class with this name or OID.
    public func objectClass(_ name: String) -> ObjectClass? {
        classNames.find(name).map { objectClasses[Int($0)] }
    }

    /// The matching rule with this name or OID.
    public func matchingRule(_ name: Span<UInt8>) -> MatchingRule? {
        ruleNames.find(name).map { matchingRules[Int($0)] }
    }

    /// The matching rule with this name or OID.
    public func matchingRule(_ name: String) -> MatchingRule? {
        ruleNames.find(name).map { matchingRules[Int($0)] }
    }

    /// The syntax with this OID.
    public func syntax(_ oid: Span<UInt8>) -> Syntax? {
        syntaxNames.find(oid).map { syntaxes[Int($0)] }
    }

    /// The syntax with this OID.
    public func syntax(_ oid: String) -> Syntax? {
        syntaxNames.find(oid).map { syntaxes[Int($0)] }
    }

    /// A type and all its subtypes at any depth, itself first.
    public func subtypes(of id: AttributeTypeID) -> [AttributeTypeID] { subtypeLists[id.index] }

    /// A class and all its subclasses at any depth. A filter that asks for a class finds entries of its subclasses,
    /// whether or not their objectClass attribute names the superclass.
    public func subclasses(of objectClass: ObjectClass) -> [ObjectClass] {
        objectClasses.filter { $0.isSubclass(of: objectClass) }
    }

    /// The numeric OID of the class, attribute type, rule or syntax with this name or OID; nil if it is unknown.
    /// Where a class and an attribute type share a name, it is the class's.
    func oid(named name: Span<UInt8>) -> String? {
        objectClass(name)?.oid ?? attributeType(name)?.oid ?? matchingRule(name)?.oid ?? syntax(name)?.oid
    }
}

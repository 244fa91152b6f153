/// Resolves definitions against one another and against a schema that is there already.
///
/// Definitions may come in any order. One with the OID of an earlier one replaces it if they share a name, which is how a
/// site's own copy of a standard file is taken; a name that another OID has is an error.
struct SchemaBuilder {
    typealias Located = SchemaDefinitions.Located

    private var attributeTypes: [Located<AttributeTypeDefinition>] = []
    private var objectClasses: [Located<ObjectClassDefinition>] = []
    private var syntaxes: [Syntax] = []
    private var attributeNames = NameTable()
    private var classNames = NameTable()
    private var syntaxNames = NameTable()

    private var resolvedTypes: [AttributeType?] = []
    private var resolvedClasses: [ObjectClass?] = []

    init(extending schema: Schema?) {
        guard let schema else {
            syntaxes = BuiltInSyntaxes.all
            for (index, syntax) in syntaxes.enumerated() { syntaxNames.set(syntax.oid, to: UInt32(index)) }
            return
        }
        syntaxes = schema.syntaxes
        attributeNames = schema.attributeNames
        classNames = schema.classNames
        syntaxNames = schema.syntaxNames
        attributeTypes = schema.attributeTypes.map { Located(definition: $0.definition, file: "", line: 0) }
        objectClasses = schema.objectClasses.map { Located(definition: $0.definition, file: "", line: 0) }
    }

    /// The schema with the definitions added.
    mutating func build(adding definitions: SchemaDefinitions) throws(SchemaError) -> Schema {
        for syntax in definitions.syntaxes { try add(syntax) }
        for type in definitions.attributeTypes { try add(type) }
        for objectClass in definitions.objectClasses { try add(objectClass) }
        resolvedTypes = Array(repeating: nil, count: attributeTypes.count)
        for index in attributeTypes.indices { _ = try resolveType(index, from: []) }
        resolvedClasses = Array(repeating: nil, count: objectClasses.count)
        for index in objectClasses.indices { _ = try resolveClass(index, from: []) }
        return Schema(
            attributeTypes: resolvedTypes.compactMap { $0 }, objectClasses: resolvedClasses.compactMap { $0 },
            syntaxes: syntaxes, attributeNames: attributeNames, classNames: classNames, syntaxNames: syntaxNames)
    }

    private mutating func add(_ syntax: Located<SyntaxDefinition>) throws(SchemaError) {
        let definition = syntax.definition
        guard syntaxNames.find(definition.oid) == nil else {
            throw syntax.error(.duplicate, "LDAP syntax \(definition.oid) is defined already")
        }
        var kind = SyntaxKind.unchecked
        if let substitute = definition.extensions.first(where: { $0.name == "X-SUBST" })?.values.first {
            guard let index = syntaxNames.find(substitute) else {
                throw syntax.error(.undefined, "X-SUBST names the syntax \(substitute), which is not defined")
            }
            kind = syntaxes[Int(index)].kind
        }
        syntaxNames.set(definition.oid, to: UInt32(syntaxes.count))
        syntaxes.append(Syntax(definition, kind: kind))
    }

    private mutating func add(_ type: Located<AttributeTypeDefinition>) throws(SchemaError) {
        let index = attributeNames.find(type.definition.oid) ?? UInt32(attributeTypes.count)
        for name in type.definition.names {
            if let other = attributeNames.find(name), other != index {
                throw type.error(
                    .duplicate,
                    "the name \"\(name)\" belongs to attribute type \(attributeTypes[Int(other)].definition.oid)")
            }
        }
        if Int(index) < attributeTypes.count {
            try replace(Int(index), with: type)
        } else {
            attributeTypes.append(type)
        }
        attributeNames.set(type.definition.oid, to: index)
        for name in type.definition.names { attributeNames.set(name, to: index) }
    }

    private mutating func replace(
        _ index: Int, with type: Located<AttributeTypeDefinition>
    ) throws(SchemaError) {
        let old = attributeTypes[index].definition
        let what = "attribute type \(old.oid) (\(old.names.first ?? "without a name"))"
        guard type.definition.names.contains(where: { name in old.names.contains { Self.sameName($0, name) } }) else {
            throw type.error(.duplicate, "\(what) is defined already, under other names")
        }
        guard old.usage == .userApplications || old.usage == type.definition.usage else {
            throw type.error(.inconsistent, "\(what) is operational and stays so")
        }
        // Operational types are the server's own; a site's copy of their definition changes nothing.
        guard old.usage == .userApplications else { return }
        var merged = type.definition
        merged.names += old.names.filter { name in !merged.names.contains { Self.sameName($0, name) } }
        attributeTypes[index] = Located(definition: merged, file: type.file, line: type.line)
    }

    private mutating func add(_ objectClass: Located<ObjectClassDefinition>) throws(SchemaError) {
        let index = classNames.find(objectClass.definition.oid) ?? UInt32(objectClasses.count)
        for name in objectClass.definition.names {
            if let other = classNames.find(name), other != index {
                throw objectClass.error(
                    .duplicate,
                    "the name \"\(name)\" belongs to object class \(objectClasses[Int(other)].definition.oid)")
            }
        }
        if Int(index) < objectClasses.count {
            let old = objectClasses[Int(index)].definition
            var merged = objectClass.definition
            guard merged.names.contains(where: { name in old.names.contains { Self.sameName($0, name) } }) else {
                throw objectClass.error(
                    .duplicate, "object class \(old.oid) is defined already, under other names")
            }
            merged.names += old.names.filter { name in !merged.names.contains { Self.sameName($0, name) } }
            objectClasses[Int(index)] = Located(definition: merged, file: objectClass.file, line: objectClass.line)
        } else {
            objectClasses.append(objectClass)
        }
        classNames.set(objectClass.definition.oid, to: index)
        for name in objectClass.definition.names { classNames.set(name, to: index) }
    }

    private static func sameName(_ left: String, _ right: String) -> Bool {
        left.utf8.elementsEqual(right.utf8) { ASCII.lowercased($0) == ASCII.lowercased($1) }
    }
}

extension SchemaBuilder {
    /// Resolves one attribute type, its superior first. `chain` holds the types that wait for this one.
    private mutating func resolveType(_ index: Int, from chain: [Int]) throws(SchemaError) -> AttributeType {
        if let resolved = resolvedTypes[index] { return resolved }
        let located = attributeTypes[index]
        let definition = located.definition
        let what = "attribute type \"\(definition.names.first ?? definition.oid)\""
        var superior: AttributeType?
        if let name = definition.superior {
            guard let found = attributeNames.find(name) else {
                throw located.error(.undefined, "\(what): its superior \"\(name)\" is not defined")
            }
            guard Int(found) != index, !chain.contains(Int(found)) else {
                throw located.error(.inconsistent, "\(what) is its own superior")
            }
            superior = try resolveType(Int(found), from: chain + [index])
        }
        guard superior == nil || superior?.usage == definition.usage else {
            throw located.error(.inconsistent, "\(what) and its superior differ in USAGE")
        }
        let type = AttributeType(
            id: AttributeTypeID(rawValue: UInt32(index)), definition: definition, superior: superior,
            syntax: try syntax(of: located, superior: superior, what),
            equality: try rule(definition.equality, .equality, superior?.equality, located, what),
            ordering: try rule(definition.ordering, .ordering, superior?.ordering, located, what),
            substrings: try rule(definition.substrings, .substrings, superior?.substrings, located, what))
        resolvedTypes[index] = type
        return type
    }

    private func syntax(
        of located: Located<AttributeTypeDefinition>, superior: AttributeType?, _ what: String
    ) throws(SchemaError) -> Syntax {
        guard let oid = located.definition.syntax else {
            guard let inherited = superior?.syntax else {
                throw located.error(.inconsistent, "\(what) has neither SYNTAX nor SUP")
            }
            return inherited
        }
        guard let index = syntaxNames.find(oid) else {
            throw located.error(.undefined, "\(what): its syntax \(oid) is not defined")
        }
        return syntaxes[Int(index)]
    }

    private func rule(
        _ name: String?, _ use: MatchingRule.Use, _ inherited: MatchingRule?,
        _ located: Located<AttributeTypeDefinition>, _ what: String
    ) throws(SchemaError) -> MatchingRule? {
        guard let name else { return inherited }
        guard let index = Schema.ruleTable.find(name) else {
            throw located.error(.undefined, "\(what): its matching rule \"\(name)\" is not defined")
        }
        let rule = BuiltInMatchingRules.all[Int(index)]
        guard rule.use == use else {
            throw located.error(.inconsistent, "\(what): \"\(name)\" is no rule for \(use)")
        }
        return rule
    }

    /// Resolves one class, its superclasses first. `chain` holds the classes that wait for this one.
    private mutating func resolveClass(_ index: Int, from chain: [Int]) throws(SchemaError) -> ObjectClass {
        if let resolved = resolvedClasses[index] { return resolved }
        let located = objectClasses[index]
        let definition = located.definition
        let what = "object class \"\(definition.names.first ?? definition.oid)\""
        var superiors: [ObjectClass] = []
        for name in definition.superiors {
            guard let found = classNames.find(name) else {
                throw located.error(.undefined, "\(what): its superclass \"\(name)\" is not defined")
            }
            guard Int(found) != index, !chain.contains(Int(found)) else {
                throw located.error(.inconsistent, "\(what) is its own superclass")
            }
            let superior = try resolveClass(Int(found), from: chain + [index])
            try Self.check(definition.kind, allows: superior, located, what)
            superiors.append(superior)
        }
        let objectClass = ObjectClass(
            definition: definition, index: index, superiors: superiors,
            must: try attributes(definition.must, of: located, what),
            may: try attributes(definition.may, of: located, what))
        resolvedClasses[index] = objectClass
        return objectClass
    }

    /// RFC 4512 section 2.4: abstract classes derive from abstract ones, auxiliary not from structural ones, and
    /// structural not from auxiliary ones.
    private static func check(
        _ kind: ObjectClassKind, allows superior: ObjectClass, _ located: Located<ObjectClassDefinition>,
        _ what: String
    ) throws(SchemaError) {
        guard superior.kind == .abstract || superior.kind == kind else {
            throw located.error(
                .inconsistent,
                "\(what) is \(kind.rawValue) and cannot derive from \"\(superior.name)\", "
                    + "which is \(superior.kind.rawValue)")
        }
    }

    private func attributes(
        _ names: [String], of located: Located<ObjectClassDefinition>, _ what: String
    ) throws(SchemaError) -> [AttributeTypeID] {
        var types: [AttributeTypeID] = []
        for name in names {
            guard let index = attributeNames.find(name) else {
                throw located.error(.undefined, "\(what): its attribute \"\(name)\" is not defined")
            }
            types.append(AttributeTypeID(rawValue: index))
        }
        return types
    }
}

extension Schema {
    /// This schema with more definitions; what is there keeps its ID.
    ///
    /// - Throws: the first definition that cannot be used, with its file and line. This schema is unchanged.
    public func adding(_ definitions: SchemaDefinitions) throws(SchemaError) -> Schema {
        var builder = SchemaBuilder(extending: self)
        return try builder.build(adding: definitions)
    }
}

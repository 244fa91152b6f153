extension Schema {
    /// This schema with types and classes for names that data has and no definition declares.
    ///
    /// Attribute types get the syntax of directory strings without regard to case, or of octet strings where a value is
    /// not UTF-8; object classes are auxiliary. The OID is `2.25.` and the decimal form of a UUID (X.667), here UUIDv5 of
    /// the lower-cased name, so that the same name has the same OID everywhere. The namespaces are UUIDv5 of
    /// `urn:peopled:attribute-type` and `urn:peopled:object-class` in RFC 9562's name space of OIDs. A name that is a
    /// numeric OID is its own OID. Names that are known are passed over.
    public func addingUnknown(
        attributeTypes: [(name: String, isBinary: Bool)], objectClasses: [String]
    ) -> Schema {
        var definitions = SchemaDefinitions()
        var seen: Set<String> = []
        for (name, isBinary) in attributeTypes where attributeType(name) == nil {
            guard seen.insert(name.lowercased()).inserted else { continue }
            definitions.attributeTypes.append(
                .init(definition: Self.undeclaredType(name, isBinary: isBinary), file: "", line: 0))
        }
        seen = []
        for name in objectClasses where objectClass(name) == nil {
            guard seen.insert(name.lowercased()).inserted else { continue }
            definitions.objectClasses.append(
                .init(definition: Self.undeclaredClass(name), file: "", line: 0))
        }
        do {
            return try adding(definitions)
        } catch {
            // The definitions refer to nothing but built-in rules, and their names and OIDs are new.
            preconditionFailure("undeclared names: \(error)")
        }
    }

    static let undeclaredOrigin = SchemaExtension(name: "X-ORIGIN", values: ["undeclared"])

    private static func undeclaredType(_ name: String, isBinary: Bool) -> AttributeTypeDefinition {
        let identity = identity(of: name, "urn:peopled:attribute-type")
        var definition = AttributeTypeDefinition(oid: identity.oid, names: identity.names)
        if isBinary {
            definition.equality = "octetStringMatch"
            definition.syntax = "1.3.6.1.4.1.1466.115.121.1.40"
        } else {
            definition.equality = "caseIgnoreMatch"
            definition.ordering = "caseIgnoreOrderingMatch"
            definition.substrings = "caseIgnoreSubstringsMatch"
            definition.syntax = "1.3.6.1.4.1.1466.115.121.1.15"
        }
        definition.extensions = [undeclaredOrigin]
        return definition
    }

    private static func undeclaredClass(_ name: String) -> ObjectClassDefinition {
        let identity = identity(of: name, "urn:peopled:object-class")
        var definition = ObjectClassDefinition(oid: identity.oid, names: identity.names)
        definition.kind = .auxiliary
        definition.superiors = ["top"]
        definition.extensions = [undeclaredOrigin]
        return definition
    }

    private static func identity(of name: String, _ namespace: String) -> (oid: String, names: [String]) {
        let octets = name.utf8.map(ASCII.lowercased)
        if ASCII.isNumericOID(octets.span) { return (name, []) }
        let space = UUIDv5(namespace: UUIDv5.oid, name: Array(namespace.utf8))
        let uuid = UUIDv5(namespace: space.octets, name: octets).octets.reduce(UInt128(0)) { $0 << 8 | UInt128($1) }
        return ("2.25.\(uuid)", [name])
    }
}

extension AttributeType {
    /// Whether no definition declares the type; it was met in data.
    public var isUndeclared: Bool { definition.extensions.contains(Schema.undeclaredOrigin) }
}

extension ObjectClass {
    /// Whether no definition declares the class; it was met in data.
    public var isUndeclared: Bool { definition.extensions.contains(Schema.undeclaredOrigin) }
}

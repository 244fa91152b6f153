import Schema

/// Attributes that no record holds: they follow from the generation, so that a change never rewrites other entries.
///
/// A stored value of one of them is neither returned nor matched.
enum ComputedAttribute: UInt8, CaseIterable, Sendable {
    /// The entry's own name (RFC 5020).
    case entryDN
    /// Where the schema is published (RFC 4512 section 4.2).
    case subschemaSubentry
    /// Whether there are entries below (X.501).
    case hasSubordinates
    /// How many entries are directly below (draft-boreham-numsubordinates).
    case numSubordinates
    /// The groups that the entry is a member of.
    case memberOf

    /// The name in the schema.
    var name: String {
        switch self {
        case .entryDN: "entryDN"
        case .subschemaSubentry: "subschemaSubentry"
        case .hasSubordinates: "hasSubordinates"
        case .numSubordinates: "numSubordinates"
        case .memberOf: "memberOf"
        }
    }

    /// Whether the root DSE and the subschema subentry have it too, as OpenLDAP answers.
    var appliesToVirtualEntries: Bool { self == .entryDN || self == .subschemaSubentry }
}

/// A set of computed attributes.
struct ComputedAttributes: OptionSet, Sendable {
    let rawValue: UInt8

    init(rawValue: UInt8) { self.rawValue = rawValue }

    init(_ attribute: ComputedAttribute) { rawValue = 1 << attribute.rawValue }

    static let all = ComputedAttributes(rawValue: 0b11111)
}

/// Which attribute types of a schema are special to the directory.
struct SpecialTypes: Sendable {
    let objectClass: AttributeTypeID?
    let structuralObjectClass: AttributeTypeID?
    /// What each type is, by index.
    private let roles: [Role]
    /// The types of computed attributes, by raw value.
    private let computedTypes: [AttributeTypeID?]
    let userPassword: AttributeTypeID?
    let authPassword: AttributeTypeID?
    let entryUUID: AttributeTypeID?
    let aliasedObjectName: AttributeTypeID?
    let ref: AttributeTypeID?
    /// member and uniqueMember: what memberOf is computed from.
    let members: [AttributeTypeID]

    /// `hidden` types are treated as passwords are.
    init(_ schema: Schema, hidden: Set<AttributeTypeID>) {
        var roles = [Role](repeating: .ordinary, count: schema.attributeTypes.count)
        for attribute in ComputedAttribute.allCases {
            if let type = schema.attributeType(attribute.name) { roles[type.id.index] = .computed(attribute) }
        }
        for type in hidden.union(SecretAttributes.types(named: SecretAttributes.forNobody, schema)) {
            roles[type.index] = .hidden
        }
        self.roles = roles
        computedTypes = ComputedAttribute.allCases.map { schema.attributeType($0.name)?.id }
        objectClass = schema.attributeType("objectClass")?.id
        structuralObjectClass = schema.attributeType("structuralObjectClass")?.id
        userPassword = schema.attributeType("userPassword")?.id
        authPassword = schema.attributeType("authPassword")?.id
        entryUUID = schema.attributeType("entryUUID")?.id
        aliasedObjectName = schema.attributeType("aliasedObjectName")?.id
        ref = schema.attributeType("ref")?.id
        members = ["member", "uniqueMember"].compactMap { schema.attributeType($0)?.id }
    }

    /// Whether a type's values are object classes, which stand for their subclasses too.
    func namesClass(_ type: AttributeTypeID) -> Bool { type == objectClass || type == structuralObjectClass }

    /// The computed attribute of a type, if it is one.
    func computed(_ type: AttributeTypeID) -> ComputedAttribute? {
        guard case .computed(let attribute) = role(type) else { return nil }
        return attribute
    }

    /// The type of a computed attribute; nil where the schema lacks it.
    func type(of attribute: ComputedAttribute) -> AttributeTypeID? { computedTypes[Int(attribute.rawValue)] }

    /// Whether a type is for nobody: never returned, matched or compared.
    func isHidden(_ type: AttributeTypeID) -> Bool {
        guard case .hidden = role(type) else { return false }
        return true
    }

    private func role(_ type: AttributeTypeID) -> Role { type.index < roles.count ? roles[type.index] : .ordinary }

    private enum Role {
        case ordinary
        case hidden
        case computed(ComputedAttribute)
    }
}

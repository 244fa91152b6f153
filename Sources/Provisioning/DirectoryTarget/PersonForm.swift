import AttributeIndex
import CommonInterface
import Schema

/// What a source's people look like in a schema: its `PersonMapping`, with all names looked up.
struct PersonForm: Sendable {
    let schema: Schema
    /// The configured schema, without what records added to it.
    let base: Schema
    let source: SourceID
    /// ou=People, below which the people are.
    let people: DistinguishedName
    /// The attribute that names entries.
    let rdn: AttributeType
    /// The attribute that people have to be known by; nil where the provider chooses.
    let subject: AttributeType?
    /// Values of objectClass for who brings none.
    let objectClasses: [[UInt8]]
    /// Domains in small letters that scoped values may end in; empty: any.
    let scopes: Set<[UInt8]>
    /// By attribute type: whether its values end in a domain.
    let isScoped: [Bool]
    let objectClass: AttributeType
    let entryUUID: AttributeType
    let identitySource: AttributeType
    /// What values of identitySource begin with; the subject's key follows.
    let identityPrefix: [UInt8]

    init(
        _ settings: IdentityProviderSettings, schema: Schema, base: Schema, people: DistinguishedName
    ) throws(DeliveryError) {
        self.schema = schema
        self.base = base
        self.people = people
        source = SourceID(settings.entityID)
        let mapping = settings.mapping
        rdn = try Self.type(mapping.rdn, "rdn", schema)
        subject = try mapping.subject.map { (name) throws(DeliveryError) in try Self.type(name, "subject", schema) }
        objectClass = try Self.type("objectClass", "objectClass", schema)
        entryUUID = try Self.type("entryUUID", "entryUUID", schema)
        identitySource = try Self.type(EntrySource.attribute, EntrySource.attribute, schema)
        identityPrefix = EntrySource(id: source, subject: []).value
        objectClasses = try Self.classes(mapping.objectClasses, schema)
        scopes = Set(mapping.scopes.map { $0.lowercased().utf8.map(\.self) })
        var isScoped = [Bool](repeating: false, count: schema.attributeTypes.count)
        for oid in Self.scopedTypes {
            if let type = schema.attributeType(oid) { isScoped[type.id.index] = true }
        }
        self.isScoped = isScoped
    }

    /// eduPersonPrincipalName, eduPersonScopedAffiliation and eduPersonUniqueId.
    private static let scopedTypes = [
        "1.3.6.1.4.1.5923.1.1.1.6", "1.3.6.1.4.1.5923.1.1.1.9", "1.3.6.1.4.1.5923.1.1.1.13",
    ]

    private static func type(_ name: String, _ key: String, _ schema: Schema) throws(DeliveryError) -> AttributeType {
        let octets = Array(name.utf8)
        guard let type = schema.attributeType(octets.span.withoutOIDPrefix) else {
            throw .configuration("\(key): expected an attribute of the schema; \(name) is not one")
        }
        return type
    }

    private static func classes(_ names: [String], _ schema: Schema) throws(DeliveryError) -> [[UInt8]] {
        var values: [[UInt8]] = []
        for name in names {
            let octets = Array(name.utf8)
            guard let found = schema.objectClass(octets.span.withoutOIDPrefix) else {
                throw .configuration("objectClasses: expected an object class of the schema; \(name) is not one")
            }
            values.append(Array(found.name.utf8))
        }
        return values
    }

    /// Whether a scoped value ends in a domain that the provider may speak for (eduPerson 2020-01, "scope").
    func isInScope(_ value: Span<UInt8>) -> Bool {
        guard !scopes.isEmpty else { return true }
        var start = value.count
        while start > 0, value[start - 1] != UInt8(ascii: "@") { start -= 1 }
        guard start > 0 else { return false }
        var domain: [UInt8] = []
        for index in start..<value.count {
            let octet = value[index]
            domain.append((0x41...0x5A).contains(octet) ? octet | 0x20 : octet)
        }
        return scopes.contains(domain)
    }
}

extension Span<UInt8> {
    /// An attribute description or class without the `urn:oid:` that SAML puts before OIDs (RFC 3061).
    var withoutOIDPrefix: Span<UInt8> {
        @_lifetime(copy self) get { extracting(oidPrefixLength..<count) }
    }

    private var oidPrefixLength: Int {
        let prefix: InlineArray<8, UInt8> = [0x75, 0x72, 0x6E, 0x3A, 0x6F, 0x69, 0x64, 0x3A]
        guard count > prefix.count else { return 0 }
        for index in prefix.indices {
            let octet = self[index]
            guard ((0x41...0x5A).contains(octet) ? octet | 0x20 : octet) == prefix[index] else { return 0 }
        }
        return prefix.count
    }
}

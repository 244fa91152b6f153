import AttributeIndex
import LDAP
import Schema

/// Entries that the server makes up (RFC 4512 section 5.1 and 4.2): each a segment of its own, so that the engine that
/// searches the index evaluates filters and selections on them too.
enum VirtualEntries {
    /// A segment with one entry; values under names that the schema lacks are left out, as are names without values.
    static func segment(
        dn: DistinguishedName, _ attributes: [(name: String, values: [String])], _ schema: Schema
    ) throws(SegmentError) -> Segment {
        var builder = SegmentBuilder(schema: schema)
        try builder.add(record(dn: dn, attributes, schema))
        return try Segment(
            mapping: builder.finish(name: dn.text.isEmpty ? "root DSE" : dn.text).mapping, schema: schema)
    }

    /// An entry of text.
    static func record(
        dn: DistinguishedName, _ attributes: [(name: String, values: [String])], _ schema: Schema
    ) -> EntryRecord {
        var found: [EntryAttribute] = []
        for (name, values) in attributes where !values.isEmpty {
            guard let description = AttributeDescription(parsing: name, schema: schema) else { continue }
            found.append(EntryAttribute(description: description, values: values.map { Array($0.utf8) }))
        }
        return EntryRecord(dn: dn, attributes: found)
    }
}

/// What the server says of itself under the empty name (RFC 4512 section 5.1).
enum RootDSE {
    /// One segment for each kind of connection.
    static func segments(
        _ schema: Schema, suffixes: [DistinguishedName], _ configuration: DirectoryConfiguration
    ) throws(SegmentError) -> [Segment] {
        try configuration.supportedSASLMechanisms.map { mechanisms throws(SegmentError) in
            try segment(schema, suffixes: suffixes, configuration, mechanisms)
        }
    }

    private static func segment(
        _ schema: Schema, suffixes: [DistinguishedName], _ configuration: DirectoryConfiguration, _ mechanisms: [String]
    ) throws(SegmentError) -> Segment {
        try VirtualEntries.segment(
            dn: .empty,
            [
                // OpenLDAP's structural class for it, which clients know; the schema has it.
                ("objectClass", ["top", "OpenLDAProotDSE"]),
                ("structuralObjectClass", ["OpenLDAProotDSE"]),
                ("namingContexts", suffixes.map(\.text)),
                ("monitorContext", configuration.monitorContext.isEmpty ? [] : [configuration.monitorContext]),
                ("supportedLDAPVersion", ["3"]),
                ("supportedControl", configuration.supportedControls),
                ("supportedExtension", configuration.supportedExtensions),
                ("supportedFeatures", supportedFeatures),
                ("supportedSASLMechanisms", mechanisms),
                ("vendorName", configuration.vendorName.isEmpty ? [] : [configuration.vendorName]),
                ("vendorVersion", configuration.vendorVersion.isEmpty ? [] : [configuration.vendorVersion]),
            ], schema)
    }

    private static let supportedFeatures = [
        OID.Feature.allOperationalAttributes,
        OID.Feature.attributesByObjectClass,
        OID.Feature.absoluteFilters,
        OID.Feature.languageTagOptions,
        OID.Feature.languageRangeOptions,
    ]
}

/// Where the schema is published (RFC 4512 section 4.2).
enum Subschema {
    /// The subentry's name.
    static let name = "cn=Subschema"

    static func key(in schema: Schema) -> [UInt8] {
        var key: [UInt8] = []
        // Without the attribute cn in the schema there is no such name, and the empty key is nobody's.
        try? schema.appendDNKey(of: name.utf8.span, to: &key)
        return key
    }

    static func segment(_ schema: Schema) throws(SegmentError) -> Segment {
        guard let dn = try? DistinguishedName(parsing: name, schema: schema) else {
            throw SegmentError(.invalidRecord, "The schema has no cn")
        }
        return try VirtualEntries.segment(
            dn: dn,
            [
                ("objectClass", ["top", "subentry", "subschema", "extensibleObject"]),
                ("structuralObjectClass", ["subentry"]),
                ("cn", ["Subschema"]),
                ("ldapSyntaxes", schema.publishedSyntaxes()),
                ("matchingRules", schema.publishedMatchingRules()),
                ("matchingRuleUse", schema.publishedMatchingRuleUses()),
                ("attributeTypes", schema.publishedAttributeTypes()),
                ("objectClasses", schema.publishedObjectClasses()),
            ], schema)
    }
}

public import Schema

/// One spelling for each attribute: the schema's own with options sorted, or, where the schema does not know it, as written.
public enum AttributeNames {
    /// The spelling of a name or OID, which may have "urn:oid:" before it.
    public static func canonical(_ name: String, in schema: Schema) -> String {
        let urn = "urn:oid:"
        let bare = name.lowercased().hasPrefix(urn) ? String(name.dropFirst(urn.count)) : name
        return AttributeDescription(parsing: bare, schema: schema)?.name(in: schema) ?? bare
    }

    /// Whether a name could be an attribute description of at most 256 octets (RFC 4512 section 2.5).
    public static func isDescription(_ name: String) -> Bool {
        guard let first = name.utf8.first, name.utf8.count <= 256 else { return false }
        return isLetterOrDigit(first) && name.utf8.allSatisfy { isLetterOrDigit($0) || "-.;".utf8.contains($0) }
    }

    private static func isLetterOrDigit(_ octet: UInt8) -> Bool {
        (octet | 0x20) &- 0x61 < 26 || octet &- 0x30 < 10
    }
}

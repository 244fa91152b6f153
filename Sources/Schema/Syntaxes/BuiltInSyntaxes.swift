/// The syntaxes that are known without a schema file: RFC 4517 section 3.3, the obsolete ones of RFC 2252 that files
/// still name, RFC 2307, RFC 4523, RFC 4530 and OpenLDAP's own.
enum BuiltInSyntaxes {
    static let all: [Syntax] = rfc4517 + withoutCheck + others

    private static func syntax(_ oid: String, _ description: String, _ kind: SyntaxKind) -> Syntax {
        var extensions: [SchemaExtension] = []
        if kind == .certificate {
            extensions.append(SchemaExtension(name: "X-BINARY-TRANSFER-REQUIRED", values: ["TRUE"]))
        }
        let isOpaque = kind == .certificate || kind == .ber || ["Audio", "JPEG", "Fax"].contains(description)
        if isOpaque { extensions.append(SchemaExtension(name: "X-NOT-HUMAN-READABLE", values: ["TRUE"])) }
        let definition = SyntaxDefinition(oid: oid, description: description, extensions: extensions)
        return Syntax(definition, kind: kind)
    }

    private static func numbered(_ arc: Int, _ description: String, _ kind: SyntaxKind) -> Syntax {
        syntax("1.3.6.1.4.1.1466.115.121.1.\(arc)", description, kind)
    }

    private static let rfc4517: [Syntax] = [
        numbered(3, "Attribute Type Description", .utf8Text), numbered(4, "Audio", .octetString),
        numbered(5, "Binary", .ber), numbered(6, "Bit String", .bitString), numbered(7, "Boolean", .boolean),
        numbered(8, "Certificate", .certificate), numbered(9, "Certificate List", .certificate),
        numbered(10, "Certificate Pair", .certificate), numbered(11, "Country String", .countryString),
        numbered(12, "DN", .distinguishedName), numbered(14, "Delivery Method", .deliveryMethod),
        numbered(15, "Directory String", .directoryString),
        numbered(16, "DIT Content Rule Description", .utf8Text),
        numbered(17, "DIT Structure Rule Description", .utf8Text), numbered(21, "Enhanced Guide", .utf8Text),
        numbered(22, "Facsimile Telephone Number", .printableStrings), numbered(23, "Fax", .octetString),
        numbered(24, "Generalized Time", .generalizedTime), numbered(25, "Guide", .utf8Text),
        numbered(26, "IA5 String", .ia5String), numbered(27, "INTEGER", .integer), numbered(28, "JPEG", .octetString),
        numbered(30, "Matching Rule Description", .utf8Text), numbered(31, "Matching Rule Use Description", .utf8Text),
        numbered(34, "Name And Optional UID", .nameAndOptionalUID), numbered(35, "Name Form Description", .utf8Text),
        numbered(36, "Numeric String", .numericString), numbered(37, "Object Class Description", .utf8Text),
        numbered(38, "OID", .objectIdentifier), numbered(39, "Other Mailbox", .ia5String),
        numbered(40, "Octet String", .octetString), numbered(41, "Postal Address", .postalAddress),
        numbered(44, "Printable String", .printableString), numbered(45, "SubtreeSpecification", .utf8Text),
        numbered(49, "Supported Algorithm", .certificate), numbered(50, "Telephone Number", .printableString),
        numbered(51, "Teletex Terminal Identifier", .utf8Text), numbered(52, "Telex Number", .printableStrings),
        numbered(53, "UTC Time", .utcTime), numbered(54, "LDAP Syntax Description", .utf8Text),
        numbered(58, "Substring Assertion", .utf8Text),
    ]

    private static let withoutCheck: [Syntax] = [
        numbered(1, "ACI Item", .unchecked), numbered(2, "Access Point", .unchecked),
        numbered(13, "Data Quality", .unchecked), numbered(19, "DSA Quality", .unchecked),
        numbered(20, "DSE Type", .unchecked), numbered(29, "Master And Shadow Access Points", .unchecked),
        numbered(32, "Mail Preference", .unchecked), numbered(33, "MHS OR Address", .unchecked),
        numbered(42, "Protocol Information", .unchecked), numbered(43, "Presentation Address", .unchecked),
        numbered(55, "Modify Rights", .unchecked), numbered(56, "LDAP Schema Definition", .unchecked),
        numbered(57, "LDAP Schema Description", .unchecked),
    ]

    private static let others: [Syntax] = [
        syntax("1.3.6.1.1.1.0.0", "RFC 2307 NIS Netgroup Triple", .netgroupTriple),
        syntax("1.3.6.1.1.1.0.1", "RFC 2307 Boot Parameter", .bootParameter),
        syntax("1.3.6.1.1.15.1", "X.509 Certificate Exact Assertion", .unchecked),
        syntax("1.3.6.1.1.15.2", "X.509 Certificate Assertion", .unchecked),
        syntax("1.3.6.1.1.15.5", "X.509 Certificate List Exact Assertion", .unchecked),
        syntax("1.3.6.1.1.15.7", "X.509 Algorithm Identifier", .ber),
        syntax("1.3.6.1.1.16.1", "UUID", .uuid),
        syntax("1.3.6.1.4.1.4203.666.11.2.1", "CSN", .csn),
        syntax("1.3.6.1.4.1.4203.666.11.2.4", "CSN SID", .csnSID),
        syntax("1.3.6.1.4.1.4203.1.1.1", "OpenLDAP void", .void),
        syntax("1.3.6.1.4.1.4203.1.1.2", "Authentication Password Syntax", .octetString),
        syntax("1.3.6.1.4.1.4203.666.2.7", "OpenLDAP authz", .unchecked),
        syntax("1.2.36.79672281.1.5.0", "RDN", .utf8Text),
    ]
}

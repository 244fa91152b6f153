/// A syntax: which values an attribute may have (RFC 4517 section 3).
public final class Syntax: Sendable {
    /// The definition that the schema publishes.
    public let definition: SyntaxDefinition
    let kind: SyntaxKind

    init(_ definition: SyntaxDefinition, kind: SyntaxKind) {
        self.definition = definition
        self.kind = kind
    }

    /// The numeric OID.
    public var oid: String { definition.oid }

    /// Whether values are only transferred in BER, under a description with the option `binary` (RFC 4522).
    public var requiresBinaryTransfer: Bool { kind == .certificate }

    /// Whether values are text that people can read, in UTF-8 or a part of it.
    public var isText: Bool {
        switch kind {
        case .octetString, .certificate, .ber, .unchecked: false
        default: true
        }
    }

    /// Whether values are distinguished names, without a unique identifier behind them.
    public var isDistinguishedName: Bool { kind == .distinguishedName }

    /// Checks a value against the syntax.
    ///
    /// - Throws: what was expected and where; never the value.
    public func validate(_ value: Span<UInt8>, in schema: Schema) throws(SyntaxError) {
        try kind.validate(value, in: schema)
    }
}

/// The check that a syntax makes. Several syntaxes share one where their values look alike.
enum SyntaxKind: Sendable {
    case directoryString, utf8Text, ia5String, printableString, printableStrings, countryString, numericString
    case integer, boolean, generalizedTime, utcTime, bitString, octetString, distinguishedName, nameAndOptionalUID
    case objectIdentifier, postalAddress, deliveryMethod, uuid, csn, csnSID, netgroupTriple, bootParameter
    /// BER SEQUENCEs that travel under ";binary": certificates, lists and pairs of them.
    case certificate
    /// One complete BER value.
    case ber
    /// Anything at all: syntaxes whose form nobody checks, and those a site defines without X-SUBST.
    case unchecked
    /// No value is valid.
    case void

    func validate(_ value: Span<UInt8>, in schema: Schema) throws(SyntaxError) {
        switch self {
        case .directoryString, .utf8Text, .ia5String, .printableString, .printableStrings, .countryString,
            .numericString, .postalAddress, .deliveryMethod:
            try validateText(value)
        case .netgroupTriple, .bootParameter: try validateNIS(value)
        case .integer: try IntegerKey.validate(value)
        case .boolean: try BooleanKey.validate(value)
        case .generalizedTime: _ = try GeneralizedTime(value)
        case .utcTime: try UTCTime.validate(value)
        case .bitString: try BitStringKey.validate(value)
        case .distinguishedName: try DNKeys.validate(value, in: schema)
        case .nameAndOptionalUID: try DNKeys.validateNameAndOptionalUID(value, in: schema)
        case .objectIdentifier: try OIDKey.validate(value)
        case .uuid: try UUIDKey.validate(value)
        case .csn: try CSNKey.validate(value)
        case .csnSID: try CSNKey.validateSID(value)
        case .certificate: try DER.validateSequence(value)
        case .ber: try DER.validate(value)
        case .octetString, .unchecked: return
        case .void: throw .malformed(at: 0, "no value at all")
        }
    }
}

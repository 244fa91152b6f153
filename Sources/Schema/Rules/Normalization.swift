/// How a rule makes keys. Rules that compare the same keys (equality, ordering, substrings of one kind) share one.
enum Normalization: Sendable {
    case caseIgnore, caseExact, caseIgnoreIA5, caseExactIA5, numericString, telephoneNumber, caseIgnoreList
    case integer, boolean, bitString, octetString, generalizedTime, uuid, csn
    case distinguishedName, nameAndOptionalUID
    case objectIdentifier, objectIdentifierFirstComponent, integerFirstComponent, directoryStringFirstComponent
    case certificateExact

    func append(
        _ value: Span<UInt8>, in schema: Schema, prohibiting: Bool, to key: inout [UInt8]
    ) throws(SyntaxError) {
        switch self {
        case .caseIgnore, .caseExact:
            // An assertion is a DirectoryString, which has at least one character (RFC 4517 section 3.3.6).
            if prohibiting, value.isEmpty {
                throw SyntaxError(.malformed, at: 0, expected: "a string of at least one character")
            }
            try StringPreparation.append(value, folding: self == .caseIgnore, prohibiting: prohibiting, to: &key)
        case .caseIgnoreIA5: try StringPreparation.appendIA5(value, folding: true, to: &key)
        case .caseExactIA5: try StringPreparation.appendIA5(value, folding: false, to: &key)
        case .numericString: try InsignificantCharacters.appendNumeric(value, to: &key)
        case .telephoneNumber: try InsignificantCharacters.appendTelephone(value, to: &key)
        case .caseIgnoreList: try ListKey.append(value, prohibiting: prohibiting, to: &key)
        case .integer: try IntegerKey.append(value, to: &key)
        case .boolean: try BooleanKey.append(value, to: &key)
        case .bitString: try BitStringKey.append(value, to: &key)
        case .octetString: key.append(copying: value)
        case .generalizedTime: try GeneralizedTime(value).appendKey(to: &key)
        case .uuid: try UUIDKey.append(value, to: &key)
        case .csn: try CSNKey.append(value, to: &key)
        case .distinguishedName: try DNKeys.append(value, in: schema, to: &key)
        case .nameAndOptionalUID: try DNKeys.appendNameAndOptionalUID(value, in: schema, to: &key)
        case .objectIdentifier: try OIDKey.append(value, in: schema, to: &key)
        case .objectIdentifierFirstComponent:
            try FirstComponent.appendObjectIdentifier(value, in: schema, to: &key)
        case .integerFirstComponent: try FirstComponent.appendInteger(value, to: &key)
        case .directoryStringFirstComponent:
            try FirstComponent.appendString(value, prohibiting: prohibiting, to: &key)
        case .certificateExact: try CertificateKey.append(value, in: schema, to: &key)
        }
    }

    func appendSubstring(
        _ part: Span<UInt8>, position: MatchingRule.SubstringPosition, to key: inout [UInt8]
    ) throws(SyntaxError) {
        switch self {
        case .caseIgnore:
            try StringPreparation.append(part, folding: true, position: position, prohibiting: true, to: &key)
        case .caseExact:
            try StringPreparation.append(part, folding: false, position: position, prohibiting: true, to: &key)
        case .caseIgnoreIA5: try StringPreparation.appendIA5(part, folding: true, position: position, to: &key)
        case .caseExactIA5: try StringPreparation.appendIA5(part, folding: false, position: position, to: &key)
        case .numericString: try InsignificantCharacters.appendNumeric(part, to: &key)
        case .telephoneNumber: try InsignificantCharacters.appendTelephone(part, to: &key)
        case .caseIgnoreList: try ListKey.appendSubstring(part, position: position, to: &key)
        case .octetString: key.append(copying: part)
        default: throw SyntaxError(.notApplicable, at: 0, expected: "an attribute whose values have parts")
        }
    }
}

extension [UInt8] {
    /// Appends the octets of a span.
    mutating func append(copying octets: Span<UInt8>) {
        reserveCapacity(forAppending: octets.count)
        for index in 0..<octets.count { append(octets[index]) }
    }

    /// Makes room for `more` octets, doubling: an exact `reserveCapacity` would copy the array at each call.
    mutating func reserveCapacity(forAppending more: Int) {
        if capacity - count < more { reserveCapacity(Swift.max(count + more, capacity * 2)) }
    }
}

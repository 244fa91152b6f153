/// OIDs (RFC 4512 section 1.4): a `descr` or a numeric OID. The key is the numeric OID, so that both forms are equal.
enum OIDKey {
    static func validate(_ value: Span<UInt8>) throws(SyntaxError) {
        if ASCII.isNumericOID(value) || ASCII.isDescriptor(value) { return }
        throw .malformed(at: 0, "a name or a numeric OID")
    }

    static func append(_ value: Span<UInt8>, in schema: Schema, to key: inout [UInt8]) throws(SyntaxError) {
        if let oid = schema.oid(named: value) { return key.append(contentsOf: oid.utf8) }
        try validate(value)
        // RFC 4517 section 4.2.26: a name that is not recognized leaves the rule Undefined.
        guard ASCII.isDigit(value[0]) else { throw SyntaxError(.unknownName, at: 0, expected: "a name of the schema") }
        key.append(copying: value)
    }
}

/// The rules that compare the first component of a definition (RFC 4517 sections 4.2.15, 4.2.16 and 4.2.25): a stored
/// value starts with a parenthesis, an assertion is the component alone.
enum FirstComponent {
    static func appendObjectIdentifier(
        _ value: Span<UInt8>, in schema: Schema, to key: inout [UInt8]
    ) throws(SyntaxError) {
        let component = range(in: value)
        try OIDKey.append(value.extracting(component), in: schema, to: &key)
    }

    static func appendInteger(_ value: Span<UInt8>, to key: inout [UInt8]) throws(SyntaxError) {
        let component = range(in: value)
        try IntegerKey.append(value.extracting(component), to: &key)
    }

    static func appendString(_ value: Span<UInt8>, prohibiting: Bool, to key: inout [UInt8]) throws(SyntaxError) {
        let component = range(in: value)
        try StringPreparation.append(
            value.extracting(component), folding: true, prohibiting: prohibiting, to: &key)
    }

    private static func range(in value: Span<UInt8>) -> Range<Int> {
        guard value.count > 0, value[0] == ASCII.leftParenthesis else { return 0..<value.count }
        var from = 1
        while from < value.count, DefinitionScanner.isSpace(value[from]) { from += 1 }
        var to = from
        while to < value.count, !DefinitionScanner.isSpace(value[to]), value[to] != ASCII.rightParenthesis { to += 1 }
        return from..<to
    }
}

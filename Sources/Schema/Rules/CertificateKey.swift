/// certificateExactMatch (RFC 4523 section 4.1).
enum CertificateKey {
    static func append(_ value: Span<UInt8>, in schema: Schema, to key: inout [UInt8]) throws(SyntaxError) {
        try DER.validateSequence(value)
        key.append(copying: value)
    }
}

extension HTTPFields.Field {
    /// Reads a field line (RFC 9112 section 5): no whitespace before the colon, no line that goes on with the next (obs-fold), no
    /// control characters.
    init(parsing line: [UInt8]) throws(HTTPMessageError) {
        guard line.first?.isBlank == false else { throw .malformed("a header line begins with whitespace") }
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { throw .malformed("a header line has no colon") }
        guard line[..<colon].isToken else { throw .malformed("a field's name has characters that it may not have") }
        let value = line[(colon + 1)...].withoutOuterBlanks
        guard value.allSatisfy(\.isFieldOctet) else { throw .malformed("a field's value has control characters") }
        self.init(name: String(octetByOctet: line[..<colon]), value: String(octetByOctet: value))
    }
}

/// Just enough of DER (X.690) to walk through certificates and the BER strings of RFC 4514.
struct DER {
    /// One element: its tag, and where its contents lie.
    struct Element {
        let tag: UInt8
        let contents: Range<Int>
    }

    static let sequence: UInt8 = 0x30
    static let set: UInt8 = 0x31
    static let integer: UInt8 = 0x02
    static let objectIdentifier: UInt8 = 0x06

    /// The element at an offset, which must end by `end`. Single-octet tags and definite lengths only.
    static func element(_ octets: Span<UInt8>, at offset: Int, end: Int) throws(SyntaxError) -> Element {
        guard end - offset >= 2, octets[offset] & 0x1F != 0x1F else { throw .malformed(at: offset, "a BER element") }
        var position = offset + 2
        var length = Int(octets[offset + 1])
        if length >= 0x80 {
            let count = length & 0x7F
            guard (1...4).contains(count), end - position >= count else { throw .malformed(at: offset, "a BER length") }
            length = 0
            for index in position..<(position + count) { length = length << 8 | Int(octets[index]) }
            position += count
        }
        guard end - position >= length else { throw .malformed(at: offset, "a BER element within the value") }
        return Element(tag: octets[offset], contents: position..<(position + length))
    }

    /// The element at an offset, which must have a tag.
    static func element(
        _ octets: Span<UInt8>, at offset: Int, end: Int, tag: UInt8
    ) throws(SyntaxError) -> Range<Int> {
        let element = try element(octets, at: offset, end: end)
        guard element.tag == tag else { throw .malformed(at: offset, "BER tag \(tag)") }
        return element.contents
    }

    /// Checks that the octets are one element.
    static func validate(_ octets: Span<UInt8>) throws(SyntaxError) {
        let element = try element(octets, at: 0, end: octets.count)
        guard element.contents.upperBound == octets.count else {
            throw .malformed(at: element.contents.upperBound, "the end of the BER value")
        }
    }

    /// Checks that the octets are one SEQUENCE.
    static func validateSequence(_ octets: Span<UInt8>) throws(SyntaxError) {
        let contents = try element(octets, at: 0, end: octets.count, tag: sequence)
        guard contents.upperBound == octets.count else {
            throw .malformed(at: contents.upperBound, "the end of the SEQUENCE")
        }
    }
}

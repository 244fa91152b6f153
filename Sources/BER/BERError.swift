/// Why octets are not the BER that was expected, and where.
///
/// Two errors are equal when their codes are: offsets are for people.
@frozen
public struct BERError: Error, Sendable {
    /// What is wrong.
    public let code: Code
    /// Where the offending element starts, counted from the first octet of the reader's input.
    public let offset: Int

    @inlinable
    init(_ code: Code, at offset: Int) {
        self.code = code
        self.offset = offset
    }

    /// The kinds of error a reader finds.
    @frozen
    public enum Code: Sendable, Equatable {
        /// The input, or the enclosing element, ends inside the element.
        case truncated
        /// Another tag was expected here.
        case unexpectedTag
        /// An identifier of more than one octet (X.690 §8.1.2.4), which no LDAP type uses.
        case multiOctetTag
        /// The indefinite form of length (X.690 §8.1.3.6), which RFC 4511 §5.1 forbids.
        case indefiniteLength
        /// A length of more than eight octets, or one that no `Int` holds.
        case lengthTooLarge
        /// Contents whose length the type does not allow: an empty INTEGER, a BOOLEAN of two octets, a NULL with contents.
        case badContentsLength
        /// A well-formed INTEGER or ENUMERATED outside 64 bits.
        case integerTooLarge
        /// Octets after the last element that belongs here.
        case trailingBytes
    }
}

extension BERError: Equatable {
    /// Whether the codes are equal, wherever the errors were found.
    public static func == (a: BERError, b: BERError) -> Bool { a.code == b.code }
}

extension BERError: CustomStringConvertible {
    /// The code and the offset, for logs and test failures.
    public var description: String { "\(code) at octet \(offset)" }
}

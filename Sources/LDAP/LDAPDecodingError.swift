public import BER

/// Why a message is not acceptable, and what the answer is.
///
/// The line between the two cases is RFC 4511 §4.1.1's: structure, tags and lengths that are wrong leave nothing to go on
/// with; a value out of its range, in a message that can be read, is refused and the connection stays.
/// Two errors are equal when their cases are: the text is for people.
@frozen
public enum LDAPDecodingError: Error, Sendable {
    /// The octets are not an LDAPMessage: a Notice of Disconnection with `protocolError`, then close.
    case malformed(StaticString)
    /// The message is one, but a value in it is out of range: a response with `protocolError`; the connection stays.
    case protocolError(MessageID, StaticString)
}

extension LDAPDecodingError: Equatable {
    /// Whether both ask for the same answer: the same case and, where there is one, the same message ID.
    public static func == (a: LDAPDecodingError, b: LDAPDecodingError) -> Bool {
        switch (a, b) {
        case (.malformed, .malformed): true
        case (.protocolError(let a, _), .protocolError(let b, _)): a == b
        case (.malformed, .protocolError), (.protocolError, .malformed): false
        }
    }
}

extension LDAPDecodingError: CustomStringConvertible {
    /// The reason, fit for a diagnosticMessage: it never quotes the input.
    public var reason: StaticString {
        switch self {
        case .malformed(let reason), .protocolError(_, let reason): reason
        }
    }

    /// The case and the reason.
    public var description: String {
        switch self {
        case .malformed(let reason): "malformed message: \(reason)"
        case .protocolError(let id, let reason): "message \(id): \(reason)"
        }
    }
}

extension LDAPDecodingError {
    /// The answer to a BER error in message `id`: an INTEGER beyond 64 bits is a value out of range, all else is structure.
    @inline(never)
    @usableFromInline
    init(_ error: BERError, _ id: MessageID) {
        switch error.code {
        case .truncated: self = .malformed("an element is longer than what encloses it")
        case .unexpectedTag: self = .malformed("an element has a tag that does not belong there")
        case .multiOctetTag: self = .malformed("an identifier of more than one octet")
        case .indefiniteLength: self = .malformed("a length of indefinite form")
        case .lengthTooLarge: self = .malformed("a length out of range")
        case .badContentsLength: self = .malformed("contents of a length that their type does not allow")
        case .integerTooLarge: self = .protocolError(id, "an integer out of range")
        case .trailingBytes: self = .malformed("octets after the last element")
        }
    }
}

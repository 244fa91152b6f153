public import BER

/// Where the next LDAPMessage in a stream ends (RFC 4511 §5.1, transport by TCP).
///
/// - Parameters:
///   - bytes: what has been received and not consumed; the message starts at its first octet.
///   - limit: the octets a message may have, its header included.
/// - Returns: the whole message's length, once `bytes` holds all of it; nil while more must be received.
/// - Throws: `.malformed`, from the header alone, where no message can begin like this: another tag than SEQUENCE, an
///   indefinite or overlong length, or more octets than `limit`. Nothing is ever buffered for a message that is refused.
@inlinable
public func nextMessageLength(_ bytes: Span<UInt8>, limit: Int) throws(LDAPDecodingError) -> Int? {
    guard let length = try declaredMessageLength(bytes, limit: limit) else { return nil }
    return length <= bytes.count ? length : nil
}

/// The length the next message's header declares, header included, as soon as the header is there; else nil.
///
/// For receivers that want to know how much to make room for. The length is within `limit`.
@inlinable
public func declaredMessageLength(_ bytes: Span<UInt8>, limit: Int) throws(LDAPDecodingError) -> Int? {
    guard bytes.count > 0 else { return nil }
    guard bytes[0] == BERTag.sequence else { throw .malformed("not an LDAP message: no SEQUENCE") }
    guard bytes.count > 1 else { return nil }
    let first = bytes[1]
    guard first >= 0x80 else {
        guard Int(first) + 2 <= limit else { throw .malformed("the message is larger than allowed") }
        return Int(first) + 2
    }
    return try declaredLongLength(bytes, first: first, limit: limit)
}

@usableFromInline
func declaredLongLength(_ bytes: Span<UInt8>, first: UInt8, limit: Int) throws(LDAPDecodingError) -> Int? {
    guard first != 0x80 else { throw .malformed("a length of indefinite form") }
    let count = Int(first & 0x7F)
    guard count <= 8 else { throw .malformed("a length of more than eight octets") }
    let known = min(count, bytes.count - 2)
    var length: UInt64 = 0
    for index in 2..<2 + known { length = length << 8 | UInt64(bytes[index]) }
    // The octets still to come can only make it longer: refuse as soon as it must be too much.
    guard length <= UInt64(limit) >> UInt64(8 * (count - known)) else {
        throw .malformed("the message is larger than allowed")
    }
    guard bytes.count >= 2 + count else { return nil }
    let total = Int(length) + 2 + count
    guard total <= limit else { throw .malformed("the message is larger than allowed") }
    return total
}

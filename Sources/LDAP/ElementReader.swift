import BER

/// A `BERReader` that speaks of LDAP's errors: it knows whose message it reads.
///
/// All decoding in this module goes through it, the server's ranges and the client's values alike. What reads ranges is
/// inlined into the functions that read a request, which would else spend half their time on calls.
struct ElementReader: ~Escapable {
    var ber: BERReader
    let messageID: MessageID

    @inline(__always)
    @_lifetime(copy ber)
    init(_ ber: BERReader, _ messageID: MessageID) {
        self.ber = ber
        self.messageID = messageID
    }

    var isAtEnd: Bool { ber.isAtEnd }
    var position: Int { ber.position }
    @inline(__always)
    func peekTag() -> UInt8? { ber.peekTag() }

    @inline(__always)
    @_lifetime(self: copy self)
    mutating func header() throws(LDAPDecodingError) -> BERHeader {
        do { return try ber.readHeader() } catch { throw LDAPDecodingError(error, messageID) }
    }

    /// The contents of an element that must have the tag `tag`.
    @inline(__always)
    @_lifetime(self: copy self)
    mutating func octets(_ tag: UInt8 = BERTag.octetString) throws(LDAPDecodingError) -> Range<Int> {
        do { return try ber.readElement(tag) } catch { throw LDAPDecodingError(error, messageID) }
    }

    /// The contents of the next element if it has the tag `tag`: OPTIONAL, and DEFAULT, components.
    @inline(__always)
    @_lifetime(self: copy self)
    mutating func optionalOctets(_ tag: UInt8) throws(LDAPDecodingError) -> Range<Int>? {
        guard ber.peekTag() == tag else { return nil }
        return try octets(tag)
    }

    @_lifetime(copy self)
    @inline(__always)
    @_lifetime(self: copy self)
    mutating func constructed(_ tag: UInt8) throws(LDAPDecodingError) -> ElementReader {
        let contents = try octets(tag)
        return ElementReader(ber.reader(of: contents), messageID)
    }

    @inline(__always)
    @_lifetime(copy self)
    func reader(of range: Range<Int>) -> ElementReader { ElementReader(ber.reader(of: range), messageID) }

    @inline(__always)
    @_lifetime(self: copy self)
    mutating func integer(_ tag: UInt8 = BERTag.integer) throws(LDAPDecodingError) -> Int64 {
        do { return try ber.readInteger(tag) } catch { throw LDAPDecodingError(error, messageID) }
    }

    /// The INTEGER whose contents are `range`.
    func integer(in range: Range<Int>) throws(LDAPDecodingError) -> Int64 {
        do { return try ber.integer(in: range) } catch { throw LDAPDecodingError(error, messageID) }
    }

    /// `INTEGER (0 .. maxInt)` (RFC 4511 §4.1.1): anything else is a value out of range.
    @inline(__always)
    @_lifetime(self: copy self)
    mutating func nonNegativeInteger(_ reason: StaticString) throws(LDAPDecodingError) -> Int32 {
        guard let value = Int32(exactly: try integer()), value >= 0 else {
            throw .protocolError(messageID, reason)
        }
        return value
    }

    @inline(__always)
    @_lifetime(self: copy self)
    mutating func enumerated() throws(LDAPDecodingError) -> Int64 {
        try integer(BERTag.enumerated)
    }

    @inline(__always)
    @_lifetime(self: copy self)
    mutating func boolean(_ tag: UInt8 = BERTag.boolean) throws(LDAPDecodingError) -> Bool {
        do { return try ber.readBoolean(tag) } catch { throw LDAPDecodingError(error, messageID) }
    }

    /// `BOOLEAN DEFAULT FALSE`.
    @inline(__always)
    @_lifetime(self: copy self)
    mutating func booleanOrFalse(_ tag: UInt8 = BERTag.boolean) throws(LDAPDecodingError) -> Bool {
        guard ber.peekTag() == tag else { return false }
        return try boolean(tag)
    }

    /// Passes over trailing components, which later versions of a type may have added (RFC 4511 §4); they must still be
    /// elements.
    @inline(__always)
    @_lifetime(self: copy self)
    mutating func ignoreRest() throws(LDAPDecodingError) {
        while !ber.isAtEnd { _ = try header() }
    }
}

extension ElementReader {
    /// A copy of the octets of `range`.
    func array(_ range: Range<Int>) -> [UInt8] {
        let span = ber.bytes(range)
        return [UInt8](capacity: span.count) { output in
            for index in span.indices { output.append(span[index]) }
        }
    }

    /// LDAPString, LDAPDN, LDAPOID (RFC 4511 §4.1.2): UTF-8, or the value is out of range.
    func string(_ range: Range<Int>) throws(LDAPDecodingError) -> String {
        do {
            return String(copying: try UTF8Span(validating: ber.bytes(range)))
        } catch {
            throw .protocolError(messageID, "a string is not UTF-8")
        }
    }

    @_lifetime(self: copy self)
    mutating func string(_ tag: UInt8 = BERTag.octetString) throws(LDAPDecodingError) -> String {
        try string(try octets(tag))
    }

    @_lifetime(self: copy self)
    mutating func optionalString(_ tag: UInt8) throws(LDAPDecodingError) -> String? {
        guard let range = try optionalOctets(tag) else { return nil }
        return try string(range)
    }

    @_lifetime(self: copy self)
    mutating func array(_ tag: UInt8 = BERTag.octetString) throws(LDAPDecodingError) -> [UInt8] {
        array(try octets(tag))
    }

    @_lifetime(self: copy self)
    mutating func optionalArray(_ tag: UInt8) throws(LDAPDecodingError) -> [UInt8]? {
        guard let range = try optionalOctets(tag) else { return nil }
        return array(range)
    }

    /// SEQUENCE OF or SET OF octet strings.
    @_lifetime(self: copy self)
    mutating func strings(_ tag: UInt8) throws(LDAPDecodingError) -> [String] {
        var list = try constructed(tag)
        var strings: [String] = []
        while !list.isAtEnd { strings.append(try list.string()) }
        return strings
    }

    @_lifetime(self: copy self)
    mutating func arrays(_ tag: UInt8) throws(LDAPDecodingError) -> [[UInt8]] {
        var list = try constructed(tag)
        var arrays: [[UInt8]] = []
        while !list.isAtEnd { arrays.append(try list.array()) }
        return arrays
    }
}

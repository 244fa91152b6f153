import Credentials
import Directory

/// The cookie of the paged results control (RFC 2696): where a search goes on, sealed, so that no client can make one up,
/// or use one for another search, on another connection or as somebody else.
///
/// ```
///  | generation 8 | scope 4 | segment 4 | entry 4 | entries so far 4 | HMAC-SHA-256 32 |   56 octets, big-endian
/// ```
/// The HMAC also covers the connection, the request and the identity, which the cookie need not hold: they come again with it.
/// What stands before it is enciphered, since numbers of entries would tell how many a client was not shown.
struct PagedSearchCookie: Equatable {
    static let length = 56
    private static let sealedLength = 24

    /// The state of the directory that the search looks at.
    var generation: UInt64
    var position: PagePosition
    /// Entries returned on all pages before, for a limit on the whole.
    var entries: UInt32

    /// The cookie's octets, for the search and identity that `context` describes.
    func sealed(with key: [UInt8], context: [UInt8]) -> [UInt8] {
        var octets: [UInt8] = []
        octets.reserveCapacity(Self.length)
        append(generation, to: &octets)
        for number in [position.scope, position.segment, position.entry, entries] { append(number, to: &octets) }
        let tag = Self.tag(octets, key: key, context: context)
        return Self.enciphered(octets, tag, key: key) + tag
    }

    /// Opens a cookie; nil for one that this server did not seal for this search and identity.
    init?(opening octets: [UInt8], key: [UInt8], context: [UInt8]) {
        guard octets.count == Self.length else { return nil }
        let octets =
            Self.enciphered(
                Array(octets[..<Self.sealedLength]), Array(octets[Self.sealedLength...]), key: key)
            + octets[Self.sealedLength...]
        let tag = Self.tag(Array(octets[..<Self.sealedLength]), key: key, context: context)
        guard LibCrypto.isEqualInConstantTime(tag.span, octets.span.extracting(droppingFirst: Self.sealedLength)) else {
            return nil
        }
        func number(at offset: Int) -> UInt32 {
            octets[offset..<offset + 4].reduce(0) { $0 << 8 | UInt32($1) }
        }
        generation = UInt64(number(at: 0)) << 32 | UInt64(number(at: 4))
        position = PagePosition(scope: number(at: 8), segment: number(at: 12), entry: number(at: 16))
        entries = number(at: 20)
    }

    init(generation: UInt64, position: PagePosition, entries: UInt32) {
        self.generation = generation
        self.position = position
        self.entries = entries
    }

    /// Octets combined with a stream that is the tag's own; the same again gives them back.
    private static func enciphered(_ octets: [UInt8], _ tag: [UInt8], key: [UInt8]) -> [UInt8] {
        let streamKey = LibCrypto.hmacSHA256(key: key.span, message: Array("paged search cookie".utf8).span)
        let stream = LibCrypto.hmacSHA256(key: streamKey.span, message: tag.span)
        return zip(octets, stream).map { $0 ^ $1 }
    }

    private static func tag(_ sealed: [UInt8], key: [UInt8], context: [UInt8]) -> [UInt8] {
        // The first part has a fixed length, so that no other division gives the same octets.
        let message = sealed + context
        return LibCrypto.hmacSHA256(key: key.span, message: message.span)
    }

    private func append(_ number: some FixedWidthInteger & UnsignedInteger, to octets: inout [UInt8]) {
        for shift in stride(from: number.bitWidth - 8, through: 0, by: -8) {
            octets.append(UInt8(truncatingIfNeeded: number >> shift))
        }
    }
}

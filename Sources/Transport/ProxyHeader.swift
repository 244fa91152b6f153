import Addresses

/// What a proxy says of a connection before the client's first octet: the PROXY protocol, versions 1 and 2
/// (proxy-protocol.txt of HAProxy), as a receiver reads it.
///
/// Read strictly: who a connection came from decides what it may see. What is behind the addresses in version 2 (TLVs) is
/// checked for its form and says nothing here: the TLS that a proxy claims to have had is not ours to vouch for.
public struct ProxyHeader: Sendable, Equatable {
    /// The client as the proxy saw it; nil where the connection is the proxy's own (LOCAL), or it does not say from whom it
    /// comes (UNKNOWN, UNSPEC) or says so in a way that is of no use here (a Unix socket of its machine, a datagram): then the
    /// connection's real end counts, which may never do more than the client might.
    public let client: Peer?
    /// Octets of the header: what is behind them is the client's.
    public let length: Int

    /// Octets of a header at most: version 2 allows for 65,551, of which proxies use a few hundred.
    public static let maximumLength = 8 * 1024
    /// Section 2.1: "PROXY UNKNOWN" with two addresses and ports of full length, and the line's end.
    private static let maximumLine = 107
    /// Section 2.2.
    private static let signature: [UInt8] = [0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A]
    private static let word = Array("PROXY ".utf8)
    private static let fixedLength = 16

    /// Reads the header at the beginning of `octets`; nil where more must come before it is whole, and all of the octets are
    /// the header's.
    public init?(_ octets: Span<UInt8>) throws(ProxyHeaderError) {
        if Self.begins(octets, with: Self.signature) {
            guard octets.count >= Self.fixedLength else { return nil }
            try self.init(binary: octets)
        } else if Self.begins(octets, with: Self.word) {
            try self.init(line: octets)
        } else {
            throw .missing
        }
    }

    /// Whether the octets begin with `start`, or `start` with them, as long as there are too few.
    private static func begins(_ octets: Span<UInt8>, with start: [UInt8]) -> Bool {
        for index in 0..<min(octets.count, start.count) where octets[index] != start[index] { return false }
        return true
    }

    // MARK: - Version 1

    private init?(line octets: Span<UInt8>) throws(ProxyHeaderError) {
        var text = ""
        var end: Int?
        for index in 0..<min(octets.count, Self.maximumLine) {
            let octet = octets[index]
            // The one line feed there may be is the end's, and so is the carriage return.
            if octet == 0x0A {
                end = index
                break
            }
            guard index == 0 || octets[index - 1] != 0x0D else { throw .malformed("a carriage return within the line") }
            if octet != 0x0D { text.unicodeScalars.append(Unicode.Scalar(octet)) }
        }
        guard let end else {
            if octets.count >= Self.maximumLine { throw .malformed("a line of more than 107 octets") }
            return nil
        }
        guard octets[end - 1] == 0x0D else { throw .malformed("a line that does not end with CR LF") }
        client = try Self.client(in: text.split(separator: " ", omittingEmptySubsequences: false).dropFirst())
        length = end + 1
    }

    /// Section 2.1: "TCP4" or "TCP6", two addresses and two ports, a space between each two.
    private static func client(in words: ArraySlice<Substring>) throws(ProxyHeaderError) -> Peer? {
        let words = Array(words)
        guard let family = words.first else { throw .malformed("no protocol") }
        if family == "UNKNOWN" { return nil }
        guard family == "TCP4" || family == "TCP6" else {
            throw .malformed("a protocol other than TCP4, TCP6, UNKNOWN")
        }
        guard words.count == 5 else { throw .malformed("not two addresses and two ports") }
        var addresses: [IPAddress] = []
        for word in words[1...2] {
            guard word.contains(":") == (family == "TCP6"), let address = IPAddress(word) else {
                throw .malformed("an address that is none of its family")
            }
            addresses.append(address)
        }
        guard let source = port(words[3]), port(words[4]) != nil else { throw .malformed("a port that is none") }
        return Peer(address: addresses[0], port: source)
    }

    /// Decimal, without leading zeros.
    private static func port(_ text: Substring) -> UInt16? {
        guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), text == "0" || !text.hasPrefix("0") else {
            return nil
        }
        return UInt16(text)
    }

    // MARK: - Version 2

    private init?(binary octets: Span<UInt8>) throws(ProxyHeaderError) {
        let (version, command) = (octets[12] >> 4, octets[12] & 0xF)
        let (family, transport) = (octets[13] >> 4, octets[13] & 0xF)
        guard version == 2 else { throw .malformed("a version other than 2") }
        guard command <= 1 else { throw .malformed("a command other than LOCAL and PROXY") }
        guard family <= 3, transport <= 2 else { throw .malformed("an unknown family or protocol") }
        length = Self.fixedLength + (Int(octets[14]) << 8 | Int(octets[15]))
        guard length <= Self.maximumLength else { throw .malformed("more than 8 KiB") }
        guard octets.count >= length else { return nil }
        let block = octets.extracting(Self.fixedLength..<length)
        // LOCAL: the rest is skipped unread.
        guard command == 1 else {
            client = nil
            return
        }
        let size: Int? = family == 1 ? 4 : family == 2 ? 16 : nil
        let addresses = family == 0 ? nil : size.map { 2 * $0 + 4 } ?? 216
        if let addresses, transport != 0 {
            guard block.count >= addresses else { throw .malformed("fewer octets than the addresses need") }
            try Self.checkVectors(block.extracting(droppingFirst: addresses))
        }
        guard transport == 1, let size, let address = IPAddress(octets: block.extracting(first: size)) else {
            client = nil
            return
        }
        client = Peer(address: address, port: UInt16(block[2 * size]) << 8 | UInt16(block[2 * size + 1]))
    }

    /// Type, length in two octets, value; to the end.
    private static func checkVectors(_ octets: Span<UInt8>) throws(ProxyHeaderError) {
        var rest = octets
        while !rest.isEmpty {
            guard rest.count >= 3 else { throw .malformed("a TLV cut short") }
            let end = 3 + (Int(rest[1]) << 8 | Int(rest[2]))
            guard rest.count >= end else { throw .malformed("a TLV cut short") }
            rest = rest.extracting(droppingFirst: end)
        }
    }
}

/// Why a connection to a listener that expects a PROXY header is closed.
public enum ProxyHeaderError: Error, Sendable, Equatable, CustomStringConvertible {
    /// It comes from an address that is not a trusted proxy's.
    case untrusted
    /// It begins otherwise.
    case missing
    /// There is something wrong with the header.
    case malformed(String)
    /// The header was not whole in time.
    case late

    /// For the log.
    public var description: String {
        switch self {
        case .untrusted: "the address is not among this listener's proxies"
        case .missing: "the connection does not begin with a PROXY header"
        case .malformed(let what): "malformed PROXY header: \(what)"
        case .late: "the PROXY header was not whole in time"
        }
    }
}

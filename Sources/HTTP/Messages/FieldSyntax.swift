/// The octets that the parts of a message are made of (RFC 9110 section 5.6, RFC 5234 appendix B.1).
extension UInt8 {
    static let tab = UInt8(ascii: "\t")
    static let lineFeed = UInt8(ascii: "\n")
    static let carriageReturn = UInt8(ascii: "\r")
    static let space = UInt8(ascii: " ")

    var isDigit: Bool { self &- 0x30 < 10 }

    var isLetter: Bool { (self | 0x20) &- 0x61 < 26 }

    /// tchar.
    var isTokenOctet: Bool {
        if isDigit || isLetter { return true }
        return switch self {
        case UInt8(ascii: "!"), UInt8(ascii: "#"), UInt8(ascii: "$"), UInt8(ascii: "%"), UInt8(ascii: "&"),
            UInt8(ascii: "'"), UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."),
            UInt8(ascii: "^"), UInt8(ascii: "_"), UInt8(ascii: "`"), UInt8(ascii: "|"), UInt8(ascii: "~"):
            true
        default: false
        }
    }

    /// VCHAR, SP, HTAB and obs-text: everything but control characters.
    var isFieldOctet: Bool { self >= 0x20 && self != 0x7F || self == .tab }

    /// VCHAR, SP and HTAB: what is sent from here.
    var isSentFieldOctet: Bool { isFieldOctet && self < 0x80 }

    /// SP and HTAB.
    var isBlank: Bool { self == .space || self == .tab }

    /// What a hexadecimal digit stands for.
    var hexadecimalValue: UInt8? {
        if isDigit { return self &- 0x30 }
        let lowered = self | 0x20
        return lowered &- 0x61 < 6 ? lowered &- 0x61 &+ 10 : nil
    }
}

extension Collection<UInt8> {
    /// Whether it is a token: at least one octet, and all tchar.
    var isToken: Bool { !isEmpty && allSatisfy(\.isTokenOctet) }
}

extension ArraySlice<UInt8> {
    /// Without the spaces and tabs at both ends (OWS).
    var withoutOuterBlanks: ArraySlice<UInt8> {
        guard let first = firstIndex(where: { !$0.isBlank }), let last = lastIndex(where: { !$0.isBlank }) else {
            return self[endIndex...]
        }
        return self[first...last]
    }
}

extension String {
    /// Octets as text, one character each (ISO 8859-1), so that nothing is lost or refused.
    init(octetByOctet octets: some Sequence<UInt8>) {
        self.init(String.UnicodeScalarView(octets.map { Unicode.Scalar($0) }))
    }

    /// Compared without regard to the case of ASCII letters.
    func isEqualIgnoringCase(_ other: String) -> Bool {
        utf8.count == other.utf8.count && zip(utf8, other.utf8).allSatisfy { $0.lowercasedASCII == $1.lowercasedASCII }
    }
}

extension UInt8 {
    /// Letters in lower case, everything else as it is.
    var lowercasedASCII: UInt8 { self &- 0x41 < 26 ? self | 0x20 : self }
}

extension Array<UInt8> {
    mutating func append(copying octets: Span<UInt8>) {
        append(addingCapacity: octets.count) { output in
            for index in octets.indices { output.append(octets[index]) }
        }
    }
}

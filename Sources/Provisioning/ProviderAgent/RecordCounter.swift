/// Counts LDIF's records as their octets go by: lines that begin with "dn:" where a record may begin, which is at the beginning,
/// after an empty line, and behind comments and the version.
struct RecordCounter {
    private enum Line { case begin, name(Int), version(Int), comment, carriageReturn, other }

    private static let name = Array("dn:".utf8)
    private static let version = Array("version:".utf8)

    private var line = Line.begin
    /// Whether a record may begin: nothing of one has come since the last empty line.
    private var isBetween = true
    /// Records so far.
    private(set) var count = 0

    mutating func update(_ octets: Span<UInt8>) {
        var index = 0
        while index < octets.count {
            take(octets[index])
            index += 1
            // Nearly everything stands in the rest of lines, of which only the end matters.
            if isRest { while index < octets.count, octets[index] != 0x0A { index += 1 } }
        }
    }

    /// Whether nothing but a line's end is of interest.
    private var isRest: Bool {
        switch line {
        case .comment, .other, .name(Self.name.count): true
        case .begin, .name, .version, .carriageReturn: false
        }
    }

    private mutating func take(_ octet: UInt8) {
        if octet == 0x0A { return endLine() }
        switch line {
        case .begin: line = Self.first(octet, isBetween)
        case .name(let matched):
            guard matched < Self.name.count else { return }
            line = Self.isSame(octet, Self.name[matched]) ? .name(matched + 1) : .other
            if case .name(Self.name.count) = line { count += 1 }
        case .version(let matched):
            guard matched < Self.version.count else { return }
            line = Self.isSame(octet, Self.version[matched]) ? .version(matched + 1) : .other
        case .carriageReturn: line = .other
        case .comment, .other: return
        }
    }

    private mutating func endLine() {
        switch line {
        case .begin, .carriageReturn: isBetween = true
        case .comment, .version(Self.version.count): break
        case .name, .version, .other: isBetween = false
        }
        line = .begin
    }

    private static func first(_ octet: UInt8, _ isBetween: Bool) -> Line {
        switch octet {
        case 0x0D: .carriageReturn
        case UInt8(ascii: "#"): .comment
        case UInt8(ascii: "d"), UInt8(ascii: "D"): isBetween ? .name(1) : .other
        case UInt8(ascii: "v"), UInt8(ascii: "V"): isBetween ? .version(1) : .other
        default: .other
        }
    }

    /// Without regard to the case of letters.
    private static func isSame(_ octet: UInt8, _ letter: UInt8) -> Bool { octet | 0x20 == letter | 0x20 }
}

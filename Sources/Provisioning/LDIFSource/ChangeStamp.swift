/// When and by whom a batch of entries was made or changed: what the server fills into entries that do not say.
public struct ChangeStamp: Sendable {
    /// createTimestamp and modifyTimestamp: generalizedTime in UTC (RFC 4517 section 3.3.13).
    let timestamp: [UInt8]
    /// entryCSN, in OpenLDAP's form: time, count, server and modification number.
    let changeSequenceNumber: [UInt8]
    /// creatorsName and modifiersName.
    let author: [UInt8]

    /// Whom entries name that came from a file and do not say otherwise.
    static let author = "cn=peopled"

    /// A stamp of a moment given as seconds since 1970 and microseconds.
    public init(seconds: Int64, microseconds: Int64 = 0) {
        var text: [UInt8] = []
        for (index, field) in SyscallsClock.calendarTime(seconds: seconds).enumerated() {
            Self.append(field, width: index == 0 ? 4 : 2, to: &text)
        }
        timestamp = text + [UInt8(ascii: "Z")]
        text.append(UInt8(ascii: "."))
        Self.append(Int(max(0, min(microseconds, 999_999))), width: 6, to: &text)
        changeSequenceNumber = text + Array("Z#000000#000#000000".utf8)
        author = Array(Self.author.utf8)
    }

    /// A stamp of the present moment.
    public static func now() -> ChangeStamp {
        let now = SyscallsClock.now()
        return ChangeStamp(seconds: now.seconds, microseconds: now.microseconds)
    }

    private static func append(_ value: Int, width: Int, to text: inout [UInt8]) {
        let digits = String(value)
        text.append(contentsOf: repeatElement(UInt8(ascii: "0"), count: max(0, width - digits.utf8.count)))
        text.append(contentsOf: digits.utf8)
    }
}

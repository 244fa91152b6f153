import CivilCalendar

/// Moments in UTC as the interface writes them: RFC 3339 in JSON, generalizedTime (RFC 4517 section 3.3.13) in records.
public enum CivilTime {
    /// The last second that four digits of a year can name.
    static let last: Int64 = 253_402_300_799

    /// For example `2026-11-21T16:17:36Z`. Moments outside of 1970 to 9999 become the nearest within.
    public static func rfc3339(seconds: Int64) -> String {
        let moment = moment(of: seconds)
        let (date, time) = (dateDigits(of: moment), timeDigits(of: moment))
        return date.joined(separator: "-") + "T" + time.joined(separator: ":") + "Z"
    }

    /// For example `20261121161736Z`.
    public static func generalizedTime(seconds: Int64) -> String {
        let moment = moment(of: seconds)
        return (dateDigits(of: moment) + timeDigits(of: moment)).joined() + "Z"
    }

    /// Reads RFC 3339's form in UTC; a fraction of a second is dropped. Nil for anything else.
    public static func seconds(rfc3339 text: String) -> Int64? {
        var octets = Array(text.utf8)
        guard octets.count >= 20, octets.popLast() == UInt8(ascii: "Z") else { return nil }
        if octets.count > 19 {
            guard octets[19] == UInt8(ascii: "."), octets.count > 20,
                octets[20...].allSatisfy({ $0 &- 0x30 < 10 })
            else { return nil }
        }
        for (place, octet) in [4: "-", 7: "-", 10: "T", 13: ":", 16: ":"] where octets[place] != octet.utf8.first {
            return nil
        }
        return seconds(Array(octets[..<19].filter { $0 != 0x2D && $0 != 0x3A && $0 != 0x54 }))
    }

    /// Reads generalizedTime in UTC with seconds; a fraction is dropped. Nil for anything else.
    public static func seconds(generalizedTime octets: [UInt8]) -> Int64? {
        guard octets.count >= 15, octets.last == UInt8(ascii: "Z") else { return nil }
        if octets.count > 15 {
            let fraction = octets[15..<octets.count - 1]
            guard [UInt8(ascii: "."), UInt8(ascii: ",")].contains(octets[14]), !fraction.isEmpty,
                fraction.allSatisfy({ $0 &- 0x30 < 10 })
            else { return nil }
        }
        return seconds(Array(octets[..<14]))
    }

    /// Of `YYYYMMDDHHMMSS`.
    private static func seconds(_ octets: [UInt8]) -> Int64? {
        guard octets.count == 14, octets.allSatisfy({ $0 &- 0x30 < 10 }) else { return nil }
        func number(_ range: Range<Int>) -> Int { octets[range].reduce(0) { $0 * 10 + Int($1 - 0x30) } }
        let date = CivilDate(year: number(0..<4), month: number(4..<6), day: number(6..<8))
        let (hour, minute, second) = (number(8..<10), number(10..<12), number(12..<14))
        guard date.exists, hour < 24, minute < 60, second <= 60 else { return nil }
        return Int64(date.daysSince1970 * CivilDate.secondsPerDay + hour * 3600 + minute * 60 + second)
    }

    private static func moment(of seconds: Int64) -> CivilMoment {
        CivilMoment(secondsSince1970: min(max(seconds, 0), last))
    }

    private static func dateDigits(of moment: CivilMoment) -> [String] {
        [digits(moment.date.year, 4), digits(moment.date.month, 2), digits(moment.date.day, 2)]
    }

    private static func timeDigits(of moment: CivilMoment) -> [String] {
        [moment.hour, moment.minute, moment.secondOfMinute].map { digits($0, 2) }
    }

    private static func digits(_ number: Int, _ width: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
    }
}

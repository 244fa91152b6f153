/// Moments in UTC as the interface writes them: RFC 3339 in JSON, generalizedTime (RFC 4517 section 3.3.13) in records.
public enum CivilTime {
    /// The last second that four digits of a year can name.
    static let last: Int64 = 253_402_300_799

    /// For example `2026-11-21T16:17:36Z`. Moments outside of 1970 to 9999 become the nearest within.
    public static func rfc3339(seconds: Int64) -> String {
        let parts = fields(of: seconds)
        return digits(parts.year, 4) + "-" + digits(parts.month, 2) + "-" + digits(parts.day, 2) + "T"
            + digits(parts.second / 3600, 2) + ":" + digits(parts.second / 60 % 60, 2) + ":"
            + digits(parts.second % 60, 2) + "Z"
    }

    /// For example `20261121161736Z`.
    public static func generalizedTime(seconds: Int64) -> String {
        let parts = fields(of: seconds)
        return digits(parts.year, 4) + digits(parts.month, 2) + digits(parts.day, 2) + digits(parts.second / 3600, 2)
            + digits(parts.second / 60 % 60, 2) + digits(parts.second % 60, 2) + "Z"
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
        let (year, month, day) = (number(0..<4), number(4..<6), number(6..<8))
        let (hour, minute, second) = (number(8..<10), number(10..<12), number(12..<14))
        guard (1...12).contains(month), day >= 1, day <= length(of: month, year), hour < 24, minute < 60, second <= 60
        else { return nil }
        return Int64(dayNumber(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second)
    }

    private static func length(of month: Int, _ year: Int) -> Int {
        let isLeap = year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400))
        return month == 2 ? (isLeap ? 29 : 28) : [4, 6, 9, 11].contains(month) ? 30 : 31
    }

    /// Days from 1970-01-01, counted in years that begin with March.
    private static func dayNumber(_ year: Int, _ month: Int, _ day: Int) -> Int {
        let shifted = month <= 2 ? year - 1 : year
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    private static func fields(of seconds: Int64) -> (year: Int, month: Int, day: Int, second: Int) {
        let moment = Int(min(max(seconds, 0), last))
        let shifted = moment / 86_400 + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted % 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let march = (5 * dayOfYear + 2) / 153
        let month = march < 10 ? march + 3 : march - 9
        return (
            yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * march + 2) / 5 + 1, moment % 86_400
        )
    }

    private static func digits(_ number: Int, _ width: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
    }
}

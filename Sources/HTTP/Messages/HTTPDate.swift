import CivilCalendar

/// Moments as HTTP writes them (RFC 9110 section 5.6.7), in seconds since 1970-01-01T00:00:00Z.
public enum HTTPDate {
    private static let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// For example "Sun, 06 Nov 1994 08:49:37 GMT".
    public static func text(_ seconds: Int64) -> String {
        let moment = CivilMoment(secondsSince1970: seconds)
        let weekday = ((moment.days + 4) % 7 + 7) % 7
        let (year, month, day) = (moment.date.year, months[moment.date.month - 1], two(moment.date.day))
        let time = "\(two(moment.hour)):\(two(moment.minute)):\(two(moment.secondOfMinute))"
        return "\(days[weekday]), \(day) \(month) \(year) \(time) GMT"
    }

    private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

    /// Reads the three forms there have been; nil where it is none of them. The day's name is not looked at. A year of two
    /// digits is the one nearest to `now`, at most 50 years ahead.
    public static func seconds(_ text: String, now: Int64) -> Int64? {
        let words = text.split(separator: " ").map(String.init)
        switch words.count {
        case 6 where words[0].hasSuffix(",") && words[5] == "GMT":
            guard words[3].utf8.count == 4, let year = number(words[3]) else { return nil }
            return moment(year: year, month: words[2], day: words[1], time: words[4])
        case 4 where words[0].hasSuffix(",") && words[3] == "GMT":
            let parts = words[1].split(separator: "-").map(String.init)
            guard parts.count == 3, parts[2].utf8.count == 2, let short = number(parts[2]) else { return nil }
            let thisYear = CivilMoment(secondsSince1970: now).date.year
            var year = thisYear / 100 * 100 + short
            if year > thisYear + 50 { year -= 100 }
            return moment(year: year, month: parts[1], day: parts[0], time: words[2])
        case 5:
            guard words[4].utf8.count == 4, let year = number(words[4]) else { return nil }
            return moment(year: year, month: words[1], day: words[2], time: words[3])
        default: return nil
        }
    }

    private static func moment(year: Int, month: String, day: String, time: String) -> Int64? {
        let parts = time.split(separator: ":", omittingEmptySubsequences: false).map { number(String($0)) }
        guard parts.count == 3, let hour = parts[0], let minute = parts[1], let second = parts[2], hour < 24,
            minute < 60,
            second <= 60, let index = months.firstIndex(of: month), let dayNumber = number(day),
            (1...31).contains(dayNumber)
        else { return nil }
        let days = CivilDate(year: year, month: index + 1, day: dayNumber).daysSince1970
        return Int64(days * CivilDate.secondsPerDay + hour * 3600 + minute * 60 + second)
    }

    private static func number(_ digits: String) -> Int? {
        guard (1...4).contains(digits.utf8.count), digits.utf8.allSatisfy(\.isDigit) else { return nil }
        return Int(digits)
    }
}

/// When to try again (RFC 9110 section 10.2.3).
public enum RetryAfter {
    /// Seconds to wait from `now`, between 0 and `most`: a server must not keep us away for ever. Nil where the field is missing
    /// or neither a number of seconds nor a date.
    public static func seconds(in fields: HTTPFields, now: Int64, atMost most: Int = 86_400) -> Int? {
        let values = fields.values("Retry-After")
        guard values.count == 1, let value = values.first, !value.isEmpty else { return nil }
        if value.utf8.allSatisfy(\.isDigit) { return min(Int(value) ?? most, most) }
        guard let moment = HTTPDate.seconds(value, now: now) else { return nil }
        return Int(min(max(0, moment - now), Int64(most)))
    }
}

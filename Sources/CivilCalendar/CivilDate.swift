/// A day of the proleptic Gregorian calendar, in UTC.
public struct CivilDate: Equatable, Sendable {
    /// For example 2026.
    public let year: Int
    /// 1 to 12.
    public let month: Int
    /// 1 to 31.
    public let day: Int

    /// Seconds of a day; leap seconds do not count.
    public static let secondsPerDay = 86_400

    /// A date; it need not exist.
    public init(year: Int, month: Int, day: Int) {
        self.year = year
        self.month = month
        self.day = day
    }

    /// The date of the day that many days after 1970-01-01. Counted in eras of 400 years that start on the 1st of March, so that
    /// the leap day is an era's last.
    public init(daysSince1970 days: Int) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let fromMarch = (5 * dayOfYear + 2) / 153
        month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        day = dayOfYear - (153 * fromMarch + 2) / 5 + 1
    }

    /// Days since 1970-01-01. The month must be one of the twelve, the year of four digits.
    public var daysSince1970: Int {
        let shifted = month <= 2 ? year - 1 : year
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    /// Whether there is such a day.
    public var exists: Bool {
        guard (1...12).contains(month), day >= 1 else { return false }
        let isLeap = year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400))
        return day <= (month == 2 ? (isLeap ? 29 : 28) : [4, 6, 9, 11].contains(month) ? 30 : 31)
    }
}

/// A moment's date, and the second of that day.
public struct CivilMoment: Equatable, Sendable {
    /// The day.
    public let date: CivilDate
    /// Days since 1970-01-01.
    public let days: Int
    /// 0 to 86,399.
    public let second: Int

    /// The moment that many seconds after 1970-01-01T00:00:00Z.
    public init(secondsSince1970 seconds: Int64) {
        let length = Int64(CivilDate.secondsPerDay)
        days = Int(seconds >= 0 ? seconds / length : (seconds - (length - 1)) / length)
        second = Int(seconds - Int64(days) * length)
        date = CivilDate(daysSince1970: days)
    }

    /// 0 to 23.
    public var hour: Int { second / 3600 }
    /// 0 to 59.
    public var minute: Int { second / 60 % 60 }
    /// 0 to 59.
    public var secondOfMinute: Int { second % 60 }
}

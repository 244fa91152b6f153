/// A moment in UTC to the millisecond, as the log writes it (RFC 3339).
struct Timestamp {
    /// Seconds since 1970-01-01T00:00:00Z.
    let seconds: Int64
    let milliseconds: Int

    /// For example `2026-11-21T03:19:00.123Z`.
    var text: String {
        let day = seconds >= 0 ? seconds / 86_400 : (seconds - 86_399) / 86_400
        let second = Int(seconds - day * 86_400)
        let (year, month, dayOfMonth) = Timestamp.civil(fromDay: day)
        return "\(year)-\(two(month))-\(two(dayOfMonth))T\(two(second / 3600)):\(two(second / 60 % 60))"
            + ":\(two(second % 60)).\(milliseconds < 100 ? "0" : "")\(two(milliseconds))Z"
    }

    private func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

    /// The date of the day that many days after 1970-01-01, in the proleptic Gregorian calendar. Counted in eras of
    /// 400 years that start on the 1st of March, so that the leap day is an era's last.
    private static func civil(fromDay day: Int64) -> (year: Int, month: Int, day: Int) {
        let shifted = Int(day) + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        return (
            yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        )
    }
}

import CivilCalendar

/// A moment in UTC to the millisecond, as the log writes it (RFC 3339).
struct Timestamp {
    /// Seconds since 1970-01-01T00:00:00Z.
    let seconds: Int64
    let milliseconds: Int

    /// For example `2026-11-21T03:19:00.123Z`.
    var text: String {
        let moment = CivilMoment(secondsSince1970: seconds)
        let date = moment.date
        return "\(date.year)-\(two(date.month))-\(two(date.day))T\(two(moment.hour)):\(two(moment.minute))"
            + ":\(two(moment.secondOfMinute)).\(milliseconds < 100 ? "0" : "")\(two(milliseconds))Z"
    }

    private func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}

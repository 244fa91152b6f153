import Glibc

/// The wall clock and the calendar.
enum SyscallsClock {
    /// The last second of the year 9999: generalizedTime has four digits for the year.
    private static let lastSecond: Int64 = 253_402_300_799

    /// The present moment, since the beginning of 1970 in UTC.
    static func now() -> (seconds: Int64, microseconds: Int64) {
        var time = timespec()
        // Safe: `time` outlives the call, which cannot fail for CLOCK_REALTIME.
        _ = unsafe clock_gettime(CLOCK_REALTIME, &time)
        return (Int64(time.tv_sec), Int64(time.tv_nsec) / 1000)
    }

    /// Milliseconds on a clock that nobody sets.
    static func milliseconds() -> Int64 {
        var time = timespec()
        // Safe: `time` outlives the call, which cannot fail for CLOCK_MONOTONIC.
        _ = unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }

    /// A moment between 1970 and 9999 as a date and time in UTC.
    /// - Returns: year, month from 1, day, hour, minute and second.
    static func calendarTime(seconds: Int64) -> [Int] {
        var moment = time_t(max(0, min(seconds, lastSecond)))
        var fields = unsafe tm()
        // Safe: both outlive the call, which only fails for years that do not fit into an Int32.
        _ = unsafe gmtime_r(&moment, &fields)
        // tm_year counts from 1900, tm_mon from 0.
        let date = unsafe [fields.tm_year + 1900, fields.tm_mon + 1, fields.tm_mday]
        let time = unsafe [fields.tm_hour, fields.tm_min, fields.tm_sec]
        return (date + time).map { Int($0) }
    }
}

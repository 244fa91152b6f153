import Foundation

/// Times at the terminal: seconds since 1970, in UTC.
enum Moment {
    static var now: Int64 { Int64(Date().timeIntervalSince1970) }

    /// As "2027-01-31 12:00:00Z".
    static func text(_ seconds: Int64) -> String {
        Date(timeIntervalSince1970: Double(seconds)).formatted(.iso8601.dateTimeSeparator(.space))
    }

    /// The end of a time from now (90d, 12h, 4w, 1y), or the beginning of a day (2027-01-31); nil for any other text.
    static func expiry(_ text: String, from now: Int64) -> Int64? {
        let units: [Character: Int64] = ["h": 3600, "d": 86_400, "w": 7 * 86_400, "y": 365 * 86_400]
        if let unit = text.last.flatMap({ units[$0] }) {
            let number = text.dropLast()
            guard (1...5).contains(number.utf8.count), number.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
                let count = Int64(number), count > 0
            else { return nil }
            return now + count * unit
        }
        guard text.utf8.count == 10 else { return nil }
        let date = try? Date(text, strategy: .iso8601.year().month().day())
        // A day that does not exist (2027-02-31) reads as another.
        guard let date, date.formatted(.iso8601.year().month().day()) == text else { return nil }
        return Int64(date.timeIntervalSince1970)
    }
}

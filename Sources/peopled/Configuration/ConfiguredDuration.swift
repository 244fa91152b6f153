/// Times in the configuration: a whole number and its unit, as in "90s", "15m", "2h" and "1d".
enum ConfiguredDuration {
    /// The longest.
    private static let maximumDays = 31

    /// Seconds, at least 1 and at most 31 days; nil for any other text.
    static func seconds(_ text: String) -> Int? {
        let units: [Character: Int] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
        guard let unit = text.last.flatMap({ units[$0] }) else { return nil }
        let number = text.dropLast()
        guard (1...7).contains(number.utf8.count), number.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let count = Int(number)
        else { return nil }
        let seconds = count * unit
        return (1...maximumDays * 86_400).contains(seconds) ? seconds : nil
    }
}

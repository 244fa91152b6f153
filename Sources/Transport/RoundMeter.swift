/// How long a reactor's rounds take, from one wait for events to the next: what a request may have to wait behind others.
///
/// It costs no clock readings beyond the round's own: the processor time that the thread has used, read a few times a second,
/// divided by the rounds meanwhile.
struct RoundMeter {
    /// Between two readings, in milliseconds.
    static let interval: UInt64 = 50

    /// When the next reading is due, on the reactor's clock in milliseconds.
    private(set) var nextReading: UInt64 = 0
    private var usedBefore: UInt64 = 0
    private var rounds: UInt64 = 0

    mutating func countRound() { rounds += 1 }

    /// A round's mean time since the last reading, in microseconds.
    ///
    /// - Parameters:
    ///   - now: the reactor's clock in milliseconds.
    ///   - used: the processor time of the reactor's thread, in microseconds.
    mutating func read(now: UInt64, used: UInt64) -> UInt64 {
        let time = (used - usedBefore) / max(rounds, 1)
        (nextReading, usedBefore, rounds) = (now + Self.interval, used, 0)
        return time
    }
}

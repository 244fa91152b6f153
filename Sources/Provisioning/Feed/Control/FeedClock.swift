/// Time and chance, as whoever follows a source asks for them.
public struct FeedClock: Sendable {
    /// Milliseconds on a clock that never goes back.
    public var milliseconds: @Sendable () -> Int64
    /// Seconds since 1970.
    public var seconds: @Sendable () -> Int64
    /// Any number.
    public var random: @Sendable () -> UInt64

    /// A clock of a test's own.
    public init(
        milliseconds: @escaping @Sendable () -> Int64, seconds: @escaping @Sendable () -> Int64,
        random: @escaping @Sendable () -> UInt64
    ) {
        self.milliseconds = milliseconds
        self.seconds = seconds
        self.random = random
    }

    /// The system's.
    public static let system = FeedClock(
        milliseconds: { SyscallsClock.milliseconds() }, seconds: { SyscallsClock.now().seconds },
        random: { UInt64.random(in: 0...UInt64.max) })
}

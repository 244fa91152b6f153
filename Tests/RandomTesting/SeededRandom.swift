import Foundation

/// SplitMix64, seeded anew in each run; failures print the seed, and PEOPLED_TEST_SEED repeats it.
public struct SeededRandom: RandomNumberGenerator, Sendable {
    /// What the failure has to print.
    public let seed: UInt64
    private var state: UInt64

    /// A generator with this seed, or that of the environment, or a new one.
    public init(seed: UInt64? = nil) {
        self.seed = seed ?? ProcessSeed.fromEnvironment ?? UInt64.random(in: 0...UInt64.max)
        state = self.seed
    }

    /// The next 64 random bits.
    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

/// The seed that a run is to repeat.
public enum ProcessSeed {
    /// PEOPLED_TEST_SEED, where it is a number.
    public static let fromEnvironment = ProcessInfo.processInfo.environment["PEOPLED_TEST_SEED"].flatMap { UInt64($0) }
}

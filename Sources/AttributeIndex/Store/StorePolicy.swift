/// When small segments are folded together. Costs are amortised: a change is copied about once for each doubling of what
/// it is folded into, and never because of a single later change.
public struct StorePolicy: Sendable {
    /// A journal this long is folded into a segment file: it bounds what a start must replay.
    public var journalLimit = 1 << 20
    /// A segment is folded with the newer ones once it is at most this many times as large as they are together.
    public var tierRatio = 2
    /// `apply` folds files of this many octets together by itself; more waits for `compact`.
    public var automaticFoldLimit = 64 << 20
    /// Threads that fold files at most, the caller's among them: its helpers have no priority of their own.
    public var foldThreads = Int.max

    /// The defaults.
    public init() {}

    /// For who has `compact` called beside: no change waits for files to be folded, nor for the processors that it takes.
    public static let compactedBeside: StorePolicy = {
        var policy = StorePolicy()
        policy.automaticFoldLimit = 0
        policy.foldThreads = 1
        return policy
    }()

    /// How many segments, newest first, should be folded into one: 0 when none should. `sizes` in octets or entries.
    func dueRun(_ sizes: [Int]) -> Int {
        var due = 0
        var newer = sizes.first ?? 0
        for index in sizes.indices.dropFirst() {
            if sizes[index] / tierRatio <= newer { due = index + 1 }
            newer += sizes[index]
        }
        return due
    }
}

/// Keeps a flood of refusals from becoming a flood of lines in the log: so many of a kind a second, and then how many there
/// were. Confined to its reactor.
struct FloodGuard {
    private struct Kind {
        var since: UInt64 = 0
        var lines = 0
        var suppressed = 0
    }

    /// Whether any lines were not written, so that nothing is to be done where there are none.
    private var hasSuppressed = false
    private var kinds = [Kind](repeating: Kind(), count: Refusal.allCases.count)

    /// Whether one more line may be written. `now` is a clock in milliseconds.
    mutating func mayLog(_ refusal: Refusal, now: UInt64) -> Bool {
        let index = refusal.rawValue
        if now >= kinds[index].since + 1000, kinds[index].suppressed == 0 { kinds[index] = Kind(since: now) }
        guard kinds[index].lines < refusal.linesPerSecond else {
            kinds[index].suppressed += 1
            hasSuppressed = true
            return false
        }
        if kinds[index].lines == 0 { kinds[index].since = now }
        kinds[index].lines += 1
        return true
    }

    /// Those of a kind whose second is over, and how many lines were not written.
    mutating func takeSuppressed(now: UInt64) -> [(refusal: Refusal, count: Int)] {
        guard hasSuppressed else { return [] }
        hasSuppressed = false
        var taken: [(Refusal, Int)] = []
        for refusal in Refusal.allCases {
            let kind = kinds[refusal.rawValue]
            guard kind.suppressed > 0 else { continue }
            guard now >= kind.since + 1000 else {
                hasSuppressed = true
                continue
            }
            taken.append((refusal, kind.suppressed))
            kinds[refusal.rawValue] = Kind(since: now)
        }
        return taken
    }
}

import Glibc
import Synchronization

/// How far long work has come: one line redrawn on a terminal, a plain line every ten seconds elsewhere.
package final class Progress: Sendable {
    private let what: String
    private let unit: String
    private let isTerminal: Bool
    private let started: ContinuousClock.Instant
    private let lastShown: Mutex<ContinuousClock.Instant>

    /// - Parameters:
    ///   - what: the work's name, as in "importing".
    ///   - unit: what is counted, as in "entries".
    package init(_ what: String, unit: String) {
        self.what = what
        self.unit = unit
        isTerminal = isatty(STDERR_FILENO) == 1
        started = .now
        lastShown = Mutex(started)
    }

    /// - Parameters:
    ///   - count: units done.
    ///   - done, total: how much of the whole is done, in any one measure.
    package func update(count: Int, done: Int, of total: Int) {
        let now = ContinuousClock.now
        let isDue = lastShown.withLock { last in
            guard last.duration(to: now) >= (isTerminal ? .milliseconds(100) : .seconds(10)) else { return false }
            last = now
            return true
        }
        guard isDue else { return }
        let seconds = started.duration(to: now) / .seconds(1)
        var text = "\(what): \(count) \(unit), \(Int(Double(count) / max(seconds, 0.001)))/s"
        if done > 0, total >= done {
            let left = seconds * Double(total - done) / Double(done)
            text += ", \(done * 100 / total) %, \(Int(left.rounded(.up))) s left"
        }
        StandardError.write(isTerminal ? "\r\u{1B}[K\(text)" : text + "\n")
    }

    /// A line of its own, above what is redrawn.
    package func note(_ text: String) { StandardError.write((isTerminal ? "\r\u{1B}[K" : "") + text + "\n") }

    /// Takes the redrawn line away.
    package func end() { if isTerminal { StandardError.write("\r\u{1B}[K") } }
}

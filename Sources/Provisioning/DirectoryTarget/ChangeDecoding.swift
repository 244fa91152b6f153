import CommonInterface
import Dispatch
import Foundation
import Synchronization

/// Reads changes in order while another thread decodes them: most of the work of a large changelog is what stands in `changes`.
///
/// Memory is bounded: a round of some thousand changes is decoded whole before the next is read.
struct ChangeDecoding: ~Copyable {
    private static let runLength = 256
    private static let runsOfRound = 8

    private var reader: ChangelogReader

    init(_ reader: consuming ChangelogReader) { self.reader = reader }

    /// The last change read.
    var position: TransactionID { reader.position }

    /// Calls `body` with each change.
    ///
    /// - Throws: the first mistake, once all changes before it were given.
    mutating func forEach(
        _ body: (IdentityChange) throws(DeliveryError) -> Void
    ) throws(DeliveryError) {
        while true {
            let round = DecodingRound()
            var mistake: RecordError?
            var isWhole = true
            do throws(RecordError) { isWhole = try read(round) } catch { mistake = error }
            for run in round.finish() {
                for change in run.changes { try body(change) }
                if let mistake = run.mistake { throw .records(mistake) }
            }
            if let mistake { throw .records(mistake) }
            if !isWhole { return }
        }
    }

    /// - Returns: false at the end.
    private mutating func read(_ round: DecodingRound) throws(RecordError) -> Bool {
        var run: [UndecodedChange] = []
        var runs = 0
        defer { round.add(run) }
        while let change = try reader.nextUndecoded() {
            run.append(change)
            guard run.count == Self.runLength else { continue }
            round.add(run)
            run = []
            runs += 1
            if runs == 1 { round.startHelper() }
            if runs == Self.runsOfRound { return true }
        }
        return false
    }
}

/// Some runs of changes, decoded by whoever takes them: a helper meanwhile, and the reader once all are there.
private final class DecodingRound: Sendable {
    struct Run: Sendable {
        var undecoded: [UndecodedChange]
        var changes: [IdentityChange] = []
        var mistake: RecordError?
    }

    private struct State {
        var runs: [Run] = []
        var taken = 0
        var isWhole = false
    }

    private let state = Mutex(State())
    private let work = DispatchSemaphore(value: 0)
    private let helper = DispatchGroup()

    func add(_ undecoded: [UndecodedChange]) {
        guard !undecoded.isEmpty else { return }
        state.withLock { $0.runs.append(Run(undecoded: undecoded)) }
        work.signal()
    }

    /// A thread of its own, which has the priority of the one that starts it.
    func startHelper() {
        helper.enter()
        Thread.detachNewThread { [self] in
            ControlPlanePriority.lower()
            while !state.withLock({ $0.isWhole && $0.taken == $0.runs.count }) {
                work.wait()
                decodeNext()
            }
            helper.leave()
        }
    }

    /// All runs, decoded.
    func finish() -> [Run] {
        state.withLock { $0.isWhole = true }
        while decodeNext() {}
        work.signal()
        helper.wait()
        return state.withLock { $0.runs }
    }

    /// - Returns: false where no run waits.
    @discardableResult private func decodeNext() -> Bool {
        let next = state.withLock { state -> (number: Int, run: Run)? in
            guard state.taken < state.runs.count else { return nil }
            defer { state.taken += 1 }
            return (state.taken, state.runs[state.taken])
        }
        guard let (number, undecoded) = next else { return false }
        let run = Self.decoded(undecoded)
        state.withLock { $0.runs[number] = run }
        return true
    }

    private static func decoded(_ run: Run) -> Run {
        var decoded = Run(undecoded: [])
        decoded.changes.reserveCapacity(run.undecoded.count)
        for change in run.undecoded {
            do throws(RecordError) { decoded.changes.append(try change.decoded()) } catch {
                decoded.mistake = error
                break
            }
        }
        return decoded
    }
}

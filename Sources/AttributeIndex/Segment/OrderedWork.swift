import Dispatch
import Glibc
import Synchronization

/// Work in numbered pieces that is done on all cores, and whose results are taken by the caller in the order of their numbers.
///
/// The caller works too: it takes a result as soon as it is its turn, and makes another piece while it is not. So writing a
/// file from its start goes on while the other cores make what comes next. At most a few pieces wait to be taken.
final class OrderedWork<Piece: Sendable>: Sendable {
    private struct State {
        /// The next piece to be made.
        var next = 0
        /// Pieces that were taken.
        var taken = 0
        var made: [Int: Result<Piece, SegmentError>] = [:]
        var isStopped = false
    }

    private let count: Int
    private let ahead: Int
    private let make: @Sendable (Int) throws(SegmentError) -> Piece
    private let state = Mutex(State())
    /// One signal for each piece that a helper has made, and for each that was taken.
    private let progress = DispatchSemaphore(value: 0)
    private let room = DispatchSemaphore(value: 0)

    private init(_ count: Int, ahead: Int, _ make: @escaping @Sendable (Int) throws(SegmentError) -> Piece) {
        self.count = count
        self.ahead = ahead
        self.make = make
    }

    /// Makes pieces 0 to `count` - 1 and takes each.
    /// - Parameters:
    ///   - workers: threads at work, the caller's among them; 1 makes and takes one piece after the other.
    ///   - ahead: pieces that may be made, or in the making, before they can be taken.
    static func run(
        _ count: Int, workers: Int, ahead: Int, make: @escaping @Sendable (Int) throws(SegmentError) -> Piece,
        take: (Int, Piece) throws(SegmentError) -> Void
    ) throws(SegmentError) {
        guard workers > 1, count > 1 else {
            for number in 0..<count { try take(number, try make(number)) }
            return
        }
        let work = OrderedWork(count, ahead: ahead, make)
        let helpers = DispatchGroup()
        let helperCount = min(workers, count) - 1
        for _ in 0..<helperCount {
            DispatchQueue.global().async(group: helpers) { work.help() }
        }
        defer {
            work.state.withLock { $0.isStopped = true }
            for _ in 0..<helperCount { work.room.signal() }
            helpers.wait()
        }
        for number in 0..<count { try take(number, try work.piece(number)) }
    }

    /// The piece with this number, which is the next in turn.
    private func piece(_ number: Int) throws(SegmentError) -> Piece {
        while true {
            let result = state.withLock { state in
                let result = state.made.removeValue(forKey: number)
                if result != nil { state.taken = number + 1 }
                return result
            }
            if let result {
                room.signal()
                return try result.get()
            }
            // Nothing is left to start, or it would be too far ahead: the piece is in a helper's hands.
            if !makeNext() { progress.wait() }
        }
    }

    private func help() {
        while true {
            if makeNext() {
                progress.signal()
            } else {
                let isOver = state.withLock { $0.isStopped || $0.next >= count }
                if isOver { return }
                room.wait()
            }
        }
    }

    /// Makes a piece, if one may be started.
    private func makeNext() -> Bool {
        let number: Int? = state.withLock { state in
            guard !state.isStopped, state.next < count, state.next < state.taken + ahead else { return nil }
            state.next += 1
            return state.next - 1
        }
        guard let number else { return false }
        let result = Result { () throws(SegmentError) in try make(number) }
        state.withLock { $0.made[number] = result }
        return true
    }
}

/// How many threads a large build is shared by.
enum BuildThreads {
    /// Segments of fewer entries are built on the caller's thread: handing the work over would cost more than doing it.
    static let serialLimit = 4096

    static func count(entries: Int) -> Int {
        entries < serialLimit ? 1 : max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
    }
}

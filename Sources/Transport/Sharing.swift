import Synchronization

/// What a reactor does about its connections, from how long the rounds of all reactors of its group take.
///
/// Connections that are together share waits and wake-ups, so that a reactor apart gains nothing while rounds are short. Where
/// they are long, requests wait behind those of other connections, and another reactor, which has a core of its own to run on,
/// takes some over.
enum Sharing: Equatable {
    case none
    /// Gives connections that make this part of the work to a reactor with much shorter rounds.
    case spread(to: Int, part: Double)
    /// Gives all of them to an earlier reactor, whose rounds stay short with them.
    case gather(to: Int)

    /// - Parameters:
    ///   - index: which of the reactors it is about.
    ///   - times: the mean time of a round of each, in microseconds.
    ///   - longRound: the time above which a round is long.
    init(of index: Int, times: [UInt64], longRound: UInt64) {
        let own = times[index]
        let least = times.indices.min { times[$0] < times[$1] } ?? index
        if own > longRound, times[least] < own / 2 {
            self = .spread(to: least, part: Double(own - times[least]) / Double(2 * own))
        } else if own > 0, let first = times[..<index].firstIndex(where: { $0 + own <= longRound / 4 * 3 }) {
            // Well below what makes them spread again.
            self = .gather(to: first)
        } else {
            self = .none
        }
    }

    /// Equal where the kind and the reactor are.
    static func == (one: Sharing, other: Sharing) -> Bool {
        switch (one, other) {
        case (.none, .none): true
        case (.spread(let one, _), .spread(let other, _)), (.gather(let one), .gather(let other)): one == other
        default: false
        }
    }

    /// To whom, and how much.
    var targetAndPart: (Int, Double) {
        switch self {
        case .none: (0, 0)
        case .spread(let target, let part): (target, part)
        case .gather(let target): (target, 1)
        }
    }
}

extension Reactor {
    /// What other reactors are to take for a round's time: without connections there is none, whatever was measured last.
    var currentRoundTime: UInt64 {
        load.load(ordering: .relaxed) == 0 ? 0 : roundTime.load(ordering: .relaxed)
    }

    /// Where a new connection goes: to the first reactor whose rounds are short, or the one whose are shortest.
    static func forNewConnection(among group: [Reactor]) -> Reactor? {
        group.first { $0.currentRoundTime <= $0.longRound }
            ?? group.min { $0.currentRoundTime < $1.currentRoundTime }
    }
}

import CommonInterface
import EventLog
import Storage
import Synchronization

/// What becomes of a step that failed.
extension SourceFollower {
    func settle(_ failure: FollowFailure, of task: FollowState.Task, _ following: Following) {
        switch failure {
        case .outdated: shared.withLock { $0.state.abandoned() }
        case .untrue(let reason): retry(reason, task, permanent: true)
        case .files(let error): retry(error.description, task)
        case .source(let error): settle(error, of: task)
        case .delivery(let error): settle(error, of: task)
        }
    }

    private func settle(_ failure: SourceFailure, of task: FollowState.Task) {
        switch failure.kind {
        case .transient, .local: retry(failure.description, task, retryAfter: failure.retryAfter)
        case .permanent: retry(failure.description, task, permanent: true, retryAfter: failure.retryAfter)
        // Where `initialize` or a snapshot is what was asked for, asking for it again soon does not help.
        case .expired where task == .snapshot, .uninitialized where task == .initialize:
            retry(failure.description, task, permanent: true)
        case .expired: resync(failure.description)
        case .uninitialized: resync(failure.description, initialize: true)
        }
    }

    private func settle(_ error: DeliveryError, of task: FollowState.Task) {
        switch error {
        case .records, .incomplete:
            // A snapshot that is not what it should be is asked for again, but not at once.
            if task == .snapshot { retry(error.description, task) } else { resync(error.description) }
        case .store: retry(error.description, task)
        case .configuration(let reason): retry(reason, task, permanent: true)
        }
    }

    /// Has everybody sent anew, unasked.
    func resync(_ reason: String, initialize: Bool = false) {
        log.log(.warning, "source-resync", ["source": entityID.text, "reason": reason])
        event(.resync, position, nil, reason)
        let (now, random) = (now, surroundings.clock.random())
        shared.withLock { shared in
            if initialize { shared.following.agreement = nil }
            shared.state.resync(reason, initialize: initialize, now: now, random: random)
        }
        wake()
    }

    private func retry(
        _ reason: String, _ task: FollowState.Task, permanent: Bool = false, retryAfter: Int? = nil
    ) {
        let (now, random) = (now, surroundings.clock.random())
        let (outcome, failures) = shared.withLock { shared in
            let outcome = shared.state.failed(
                reason, permanent: permanent, retryAfter: retryAfter, now: now, random: random)
            return (outcome, shared.state.failures)
        }
        log.log(
            permanent ? .error : .warning, "source-failed",
            [
                "source": entityID.text, "task": "\(task)", "reason": reason, "failures": failures,
                "again": (outcome.wait + 999) / 1000,
            ])
        if outcome.isGivenUp { event(.failed, position, nil, reason) }
    }
}

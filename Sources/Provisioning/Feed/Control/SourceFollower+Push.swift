import AttributeIndex
import CommonInterface
import EventLog
import LDIF
import Storage
import Synchronization

/// What a source pushes, on a thread of the listener.
extension SourceFollower {
    /// Applies a push. What is answered is durable.
    func receive(_ body: [UInt8]) -> PushAnswer {
        let (following, takesPushes, isHeld) = shared.withLock {
            ($0.following, $0.state.takesPushes, $0.state.held != nil)
        }
        guard following.settings.update == .subscription, !following.isStopped else {
            return .refused(Refusal(.methodNotAllowed, "\(surroundings.own) has no subscription here"))
        }
        guard takesPushes else {
            return isHeld
                ? .refused(Refusal(.unavailable, "a delivery waits for somebody to look at it", retryAfter: 30))
                : .refused(Refusal(.unavailable, "a snapshot comes first", retryAfter: 1))
        }
        // Whoever pushes waits, not we: memory for one push a source is all that is ever needed.
        let answer = delivery.withLockIfAvailable { (_) in
            isCurrent(following) ? apply(body, following) : nil
        }
        return (answer ?? nil) ?? .refused(Refusal(.unavailable, "another delivery is being applied", retryAfter: 1))
    }

    private func apply(_ body: [UInt8], _ following: Following) -> PushAnswer {
        guard let before = position else { return missing("nothing of it is served yet") }
        let changes = ChangeDelivery(following.settings, .octets(body), after: before, to: nil)
        do throws(DeliveryError) {
            switch try target.apply(changes) {
            case .applied(let counts):
                let reached = position ?? before
                let seconds = seconds
                shared.withLock { $0.state.pushed(seconds: seconds) }
                log.log(
                    .info, "push-applied",
                    [
                        "source": entityID.text, "transaction": reached.description, "added": counts.added,
                        "modified": counts.modified, "removed": counts.removed, "refused": counts.refused,
                    ])
                return .durable(reached)
            case .held(let removals, let people): return held(body, after: before, removals, people)
            }
        } catch {
            return answer(error, body)
        }
    }

    private func held(_ body: [UInt8], after before: TransactionID, _ removals: Int, _ people: Int) -> PushAnswer {
        let held = HeldDelivery(
            kind: .changes, after: before, position: nil, records: nil, removals: removals, people: people,
            time: seconds)
        do throws(StorageError) {
            hold(try files.hold(held, of: id, octets: body))
        } catch {
            log.log(.error, "push-failed", ["source": entityID.text, "reason": error.description])
        }
        return .refused(Refusal(.unavailable, "the delivery waits for somebody to look at it", retryAfter: 30))
    }

    private func answer(_ error: DeliveryError, _ body: [UInt8]) -> PushAnswer {
        switch error {
        case .records(let error) where error.code == .gap || error.code == .order: return answerElsewhere(error, body)
        case .records, .incomplete:
            resync("a push is not what it should be: \(error)")
            return .refused(Refusal(.badRequest, "\(error)"))
        case .store, .configuration:
            log.log(.error, "push-failed", ["source": entityID.text, "reason": error.description])
            return .refused(Refusal(.unavailable, "what came cannot be stored now", retryAfter: 5))
        }
    }

    /// A push that does not begin where we stand: all of it was applied before, or a part, or something before it is missing.
    private func answerElsewhere(_ error: RecordError, _ body: [UInt8]) -> PushAnswer {
        guard let position else { return missing("nothing of it is served yet") }
        guard let span = PushSpan(body) else {
            resync("a push is not what it should be: \(error)")
            return .refused(Refusal(.badRequest, "\(error)"))
        }
        if span.first <= position {
            log.log(
                .info, "push-repeated",
                ["source": entityID.text, "transaction": position.description, "last": span.last.description])
            return .durable(position)
        }
        log.log(
            .warning, "push-gap",
            ["source": entityID.text, "transaction": position.description, "follows": "\(span.previous)"])
        let now = now
        shared.withLock { $0.state.look(now: now) }
        wake()
        return .durable(position)
    }

    private func missing(_ reason: String) -> PushAnswer {
        shared.withLock { $0.state.requireSnapshot() }
        wake()
        return .refused(Refusal(.unavailable, reason, retryAfter: 1))
    }
}

/// From where to where a push goes.
struct PushSpan {
    /// The transaction that it follows.
    let previous: TransactionID
    /// Its first and its last transaction.
    let first, last: TransactionID

    /// Reads all of a push; nil where it has no change, or is malformed.
    init?(_ body: [UInt8]) {
        var reader = ChangelogReader(file: "push", input: LDIFBytes(body), after: .zero, isChained: false)
        do throws(RecordError) {
            guard let first = try reader.next(), let previous = first.previous else { return nil }
            while try reader.next() != nil {}
            self.previous = previous
            self.first = first.id
            last = reader.position
        } catch {
            return nil
        }
    }
}

import AttributeIndex
import CommonInterface
import ReusedMemory
import Schema

extension SnapshotWork {
    /// The entries that waited for all to be known, and the names that are free now.
    func lateEntries(
        _ decision: SnapshotDecision, _ findings: inout SnapshotFindings, stamp: ChangeStamp
    ) throws(DeliveryError) -> SegmentBuilder {
        var builder = SegmentBuilder(schema: form.schema)
        // After all of the snapshot.
        builder.inputPosition = .max
        do throws(SegmentError) {
            var classifier = PersonClassifier(form, generation, stamp: stamp)
            for order in decision.late.sorted() {
                guard let kept = findings.kept[order] else { continue }
                let former = try classifier.former(kept.person.identity)
                classifier.mapper.begin()
                do throws(PersonRefusal) {
                    try classifier.mapper.add(kept.person.attributes ?? [])
                    try classifier.mapper.assemble(kept.person.subject)
                } catch {
                    // It was assembled before.
                    throw SegmentError(.invalidRecord, error.reason)
                }
                let verdict = try classifier.verdict(former)
                if !findings.hasTooManyEvents {
                    findings.events[order] = try classifier.event(source, transaction, verdict)
                }
                try classifier.complete(kept.person.identity, former)
                for description in classifier.mapper.descriptions { _ = try builder.column(of: description) }
                try builder.add(classifier.mapper.fields)
            }
            for place in decision.gone + decision.freed {
                let key = try FormerEntry(place, in: generation).key
                if !decision.taken.contains(key.hashValue) { builder.addTombstone(key: key) }
            }
        } catch {
            throw DeliveryError(error)
        }
        return builder
    }

    /// Makes it all count.
    func publish(
        _ files: Delivery, _ decision: SnapshotDecision, _ findings: SnapshotFindings
    ) throws(DeliveryError) -> Outcome {
        var after = RefusedRecords()
        for order in decision.refused.sorted() {
            guard let kept = findings.kept[order] else { continue }
            target.keep(kept.person, source, &after)
        }
        try target.note(known, after, form.source, from: state)
        let now = SyscallsClock.now().seconds
        let next = SourceState(
            id: form.source, name: source.text, position: transaction.value, people: decision.people,
            snapshotTime: max(now, state.map { $0.snapshotTime + 1 } ?? now))
        do throws(StoreError) {
            if decision.isUnchanged {
                // The position alone: what the journal holds stays there.
                try target.store.apply([], schema: form.schema, source: next)
            } else {
                try target.store.publish(files, source: next)
            }
        } catch {
            throw .store(error)
        }
        var counts = decision.counts
        counts.refused += findings.nameless.count
        do throws(SegmentError) { target.events.record(try events(decision, findings, counts)) } catch {
            throw DeliveryError(error)
        }
        return .applied(counts, after)
    }

    /// What to tell of it: of each person, unless there are too many; of all who are refused and were not before. What it comes to
    /// as a whole, whoever asked for it tells.
    private func events(
        _ decision: SnapshotDecision, _ findings: SnapshotFindings, _ counts: DeliveryCounts
    ) throws(SegmentError) -> [ChangeEvent] {
        var events: [ChangeEvent] = []
        let told = counts.added + counts.modified + counts.removed
        if !findings.hasTooManyEvents, told <= SnapshotFindings.eventLimit {
            for (order, event) in findings.events.sorted(by: { $0.key < $1.key })
            where !decision.leftOut.contains(order) && !decision.refused.contains(order) {
                events.append(event)
            }
            for place in decision.gone {
                var event = ChangeEvent(source, .removed, transaction)
                event.dn = try FormerEntry(place, in: generation).name
                events.append(event)
            }
        }
        for order in decision.refused.sorted().prefix(SnapshotFindings.eventLimit) {
            guard let kept = findings.kept[order] else { continue }
            let person = kept.person
            if known.records[person.identity.number]?.attributes == person.attributes { continue }
            let refusal = kept.refusal ?? .nameTaken(form.rdn.name)
            events.append(.refused(source, transaction, person.subject, refusal, former: kept.former))
        }
        events += findings.nameless.prefix(SnapshotFindings.eventLimit)
        if !findings.outOfScope.isEmpty { events.append(.outOfScope(source, transaction, findings.outOfScope)) }
        return events
    }
}

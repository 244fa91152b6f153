import AttributeIndex
import CommonInterface
import Schema

/// What is delivered of one person.
struct PersonChange: Sendable {
    let subject: SubjectName
    let identity: PersonIdentity
    /// The person's attributes; nil where the person goes.
    let attributes: [IdentityAttribute]?
    let transaction: TransactionID
    /// Whether it was refused before and is tried again.
    var isRetry = false
}

/// Works out what some people's records come to, all of them together: they may take each other's names.
struct PeopleBatch: ~Copyable {
    /// What the records come to.
    struct Outcome {
        var changes: [EntryChange] = []
        var counts = DeliveryCounts()
        var events: [ChangeEvent] = []
        /// Those whose record is to be kept, and tried again.
        var refused: [PersonChange] = []
        /// Those of whom no record is to be kept any more.
        var settled: [UInt128] = []
    }

    private struct Draft {
        let record: EntryRecord
        let former: FormerEntry?
        let isMove: Bool
        let event: ChangeEvent
    }

    private enum Step {
        case refused(PersonRefusal, former: FormerEntry?)
        case unchanged
        case gone(FormerEntry)
        case put(Draft)
    }

    private let source: EntityID
    private var classifier: PersonClassifier
    private var claims = NameClaims()
    private var gone: Set<UInt128> = []

    init(_ source: EntityID, _ form: PersonForm, _ generation: Generation, stamp: ChangeStamp) {
        self.source = source
        classifier = PersonClassifier(form, generation, stamp: stamp)
    }

    /// Works out what the changes come to, one of each person; of several who want one name the first has it.
    mutating func outcome(_ people: [PersonChange]) throws(SegmentError) -> Outcome {
        var steps: [Step] = []
        steps.reserveCapacity(people.count)
        for (order, person) in people.enumerated() { steps.append(try step(person, order: UInt64(order))) }
        let gone = gone
        for order in claims.lost(isGone: { gone.contains($0) }) {
            guard case .put(let draft) = steps[Int(order)] else { continue }
            steps[Int(order)] = .refused(.nameTaken(classifier.form.rdn.name), former: draft.former)
        }
        var outcome = Outcome()
        try add(steps, people, to: &outcome)
        if !classifier.mapper.outOfScope.isEmpty, let last = people.last(where: { !$0.isRetry }) {
            outcome.events.append(.outOfScope(source, last.transaction, classifier.mapper.outOfScope))
        }
        return outcome
    }

    private mutating func step(_ person: PersonChange, order: UInt64) throws(SegmentError) -> Step {
        let former = try classifier.former(person.identity)
        guard let attributes = person.attributes else {
            guard let former else { return .unchanged }
            gone.insert(person.identity.number)
            return .gone(former)
        }
        classifier.mapper.begin()
        do throws(PersonRefusal) {
            try classifier.mapper.add(attributes)
            try classifier.mapper.assemble(person.subject)
        } catch {
            return .refused(error, former: former)
        }
        let verdict = try classifier.verdict(former)
        if verdict.isUnchanged { return .unchanged }
        let event = try classifier.event(source, person.transaction, verdict)
        try classifier.complete(person.identity, former)
        let record: EntryRecord
        do throws(PersonRefusal) { record = try classifier.mapper.record() } catch {
            return .refused(error, former: former)
        }
        if let holder = verdict.holder {
            claims.add(
                NameClaims.Claim(
                    person: person.identity.number, isMove: verdict.isMove, name: record.dn.key.hashValue,
                    holder: holder, order: order))
        }
        return .put(Draft(record: record, former: former, isMove: verdict.isMove, event: event))
    }

    private func add(_ steps: [Step], _ people: [PersonChange], to outcome: inout Outcome) throws(SegmentError) {
        var taken: Set<[UInt8]> = []
        for case .put(let draft) in steps { taken.insert(draft.record.dn.key) }
        for (step, person) in zip(steps, people) {
            switch step {
            case .unchanged:
                if !person.isRetry { outcome.counts.unchanged += 1 }
            case .refused(let refusal, let former):
                // What was refused before, and is again, is no news.
                if person.isRetry { continue }
                outcome.refused.append(person)
                outcome.counts.refused += 1
                outcome.events.append(
                    .refused(source, person.transaction, person.subject, refusal, former: try former?.name))
                continue
            case .gone(let former):
                outcome.counts.removed += 1
                try delete(former, unlessIn: taken, &outcome)
                var event = ChangeEvent(source, .removed, person.transaction)
                event.dn = try former.name
                outcome.events.append(event)
            case .put(let draft):
                if draft.former == nil { outcome.counts.added += 1 } else { outcome.counts.modified += 1 }
                if draft.isMove, let former = draft.former { try delete(former, unlessIn: taken, &outcome) }
                outcome.changes.append(.put(draft.record))
                outcome.events.append(draft.event)
            }
            outcome.settled.append(person.identity.number)
        }
    }

    private func delete(
        _ former: FormerEntry, unlessIn taken: Set<[UInt8]>, _ outcome: inout Outcome
    ) throws(SegmentError) {
        let key = try former.key
        if !taken.contains(key) { outcome.changes.append(.delete(key: key)) }
    }
}

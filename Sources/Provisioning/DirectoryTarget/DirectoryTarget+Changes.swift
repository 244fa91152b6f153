import AttributeIndex
import CommonInterface
import EventLog
import Schema
import Storage

extension DirectoryTarget {
    /// Refused records that are tried again with every push; more only with those that may free a name.
    static let retriedAlways = 100

    func applyChanges(
        _ delivery: ChangeDelivery, _ records: inout RefusedRecords?
    ) throws(DeliveryError) -> DeliveryOutcome {
        let source = delivery.settings.entityID
        guard let state = state(of: source), state.position == delivery.after.value else {
            throw .incomplete("\(source): expected changes after what is served")
        }
        let generation = store.currentGeneration()
        let scan = try ChangeScan(delivery, generation.schema)
        report(scan.names, of: source)
        let schema = scan.names.isEmpty ? generation.schema : scan.names.extendedSchema
        let form = try form(delivery.settings, generation, schema)
        if !delivery.mayRemoveAny, let held = try held(scan, delivery.settings, form, generation, state) { return held }
        var known: RefusedRecords
        if let records { known = records } else { known = try refusedRecords(form, state) }
        var total = DeliveryCounts()
        try scan.forEachRun(of: runLength) { (run, isLast) throws(DeliveryError) in
            let position = isLast ? scan.position : run.last?.id ?? scan.position
            let form = try self.form(delivery.settings, store.currentGeneration(), schema)
            total.add(try apply(run, to: position, source, form, &known))
        }
        if scan.count == 0, scan.position > delivery.after {
            total.add(try apply([], to: scan.position, source, form, &known))
        }
        records = known
        if case .file = delivery.content {
            var event = ChangeEvent(source, .changelog, scan.position)
            event.counts = total
            events.record([event])
        }
        return .applied(total)
    }

    /// Whether the changes remove too many people.
    private func held(
        _ scan: ChangeScan, _ settings: IdentityProviderSettings, _ form: PersonForm, _ generation: Generation,
        _ state: SourceState
    ) throws(DeliveryError) -> DeliveryOutcome? {
        guard settings.brake.holds(removals: scan.removals.count, of: state.people) else { return nil }
        let index = PeopleIndex(generation, form)
        var gone: Set<UInt128> = []
        for subject in scan.removals {
            guard case .success(let identity) = try form.identity(subject) else { continue }
            do throws(SegmentError) {
                if try index.entry(identity) != nil { gone.insert(identity.number) }
            } catch {
                throw DeliveryError(error)
            }
        }
        guard settings.brake.holds(removals: gone.count, of: state.people) else { return nil }
        return .held(removals: gone.count, of: state.people)
    }

    /// Applies some changes in one commit.
    private func apply(
        _ run: [IdentityChange], to position: TransactionID, _ source: EntityID, _ form: PersonForm,
        _ known: inout RefusedRecords
    ) throws(DeliveryError) -> DeliveryCounts {
        let generation = store.currentGeneration()
        guard var state = state(of: source) else { throw .incomplete("\(source): expected a snapshot first") }
        var (people, nameless) = try self.people(of: run, source, form)
        if known.count <= max(Self.retriedAlways, people.count) { retry(known, form, &people) }
        var batch = PeopleBatch(source, form, generation, stamp: .now())
        let outcome: PeopleBatch.Outcome
        do throws(SegmentError) { outcome = try batch.outcome(people) } catch { throw DeliveryError(error) }

        var after = known
        for number in outcome.settled { after.drop(number) }
        for person in people where !person.isRetry { after.drop(person.identity.number) }
        for person in outcome.refused { keep(person, source, &after) }
        try note(known, after, form.source, from: state)
        state.position = position.value
        state.people += outcome.counts.added - outcome.counts.removed
        do throws(StoreError) {
            try store.apply(outcome.changes, schema: form.schema, source: state)
        } catch {
            throw .store(error)
        }
        known = after
        known.isFileAhead = false
        events.record(nameless + outcome.events)
        var counts = outcome.counts
        counts.refused += nameless.count
        return counts
    }

    /// The last change of each person, in the order of the changes; and of those whose subject is none, what to tell.
    private func people(
        of run: [IdentityChange], _ source: EntityID, _ form: PersonForm
    ) throws(DeliveryError) -> ([PersonChange], [ChangeEvent]) {
        var people: [PersonChange] = []
        var nameless: [ChangeEvent] = []
        var places: [UInt128: Int] = [:]
        for change in run {
            switch try form.identity(change.subject) {
            case .failure(let refusal):
                nameless.append(.refused(source, change.id, change.subject, refusal, former: nil))
            case .success(let identity):
                let person = PersonChange(
                    subject: change.subject, identity: identity, attributes: change.attributes, transaction: change.id)
                if let place = places[identity.number] {
                    people[place] = person
                } else {
                    places[identity.number] = people.count
                    people.append(person)
                }
            }
        }
        return (people, nameless)
    }

    /// Adds the records that were refused before and that none of the changes replaces.
    private func retry(_ known: RefusedRecords, _ form: PersonForm, _ people: inout [PersonChange]) {
        let delivered = Set(people.map(\.identity.number))
        for (number, record) in known.inOrder where !delivered.contains(number) {
            guard case .success(let identity)? = try? form.identity(record.subject) else { continue }
            people.append(
                PersonChange(
                    subject: record.subject, identity: identity, attributes: record.attributes,
                    transaction: record.transaction, isRetry: true))
        }
    }

    /// Keeps a refused record, if there is room.
    func keep(_ person: PersonChange, _ source: EntityID, _ records: inout RefusedRecords) {
        let record = RefusedRecord(
            subject: person.subject, attributes: person.attributes ?? [], transaction: person.transaction)
        if !records.keep(record, of: person.identity.number) {
            log.log(.warning, "refused-record-not-kept", ["source": source.text, "person": person.subject.description])
        }
    }

    /// Notes which refused records count after a publication that begins from `state`, if these are others than before.
    func note(
        _ before: RefusedRecords, _ after: RefusedRecords, _ source: SourceID, from state: SourceState?
    ) throws(DeliveryError) {
        guard before.records != after.records || before.isFileAhead else { return }
        do throws(StorageError) { try file(source).write(before, after, from: state) } catch {
            throw DeliveryError(error)
        }
    }
}

extension IdentityChange {
    /// The person's attributes; nil where the person goes. An add and a modify are the whole person.
    fileprivate var attributes: [IdentityAttribute]? {
        switch kind {
        case .add(let attributes), .modify(let attributes): attributes
        case .delete: nil
        }
    }
}

extension RefusedRecords {
    /// The records, the oldest first.
    var inOrder: [(key: UInt128, value: RefusedRecord)] {
        records.sorted { ($0.value.transaction, $0.key) < ($1.value.transaction, $1.key) }
    }
}

extension DeliveryCounts {
    mutating func add(_ other: DeliveryCounts) {
        added += other.added
        modified += other.modified
        removed += other.removed
        unchanged += other.unchanged
        refused += other.refused
    }
}

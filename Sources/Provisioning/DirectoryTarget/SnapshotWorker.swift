import AttributeIndex
import CommonInterface
import Schema

/// What one thread does with the records of a snapshot: classifies each, and puts what changes into a builder of its own.
struct SnapshotWorker: ~Copyable {
    /// What is known of a snapshot before it is read.
    struct Plan: Sendable {
        let source: EntityID
        let form: PersonForm
        let generation: Generation
        let transaction: TransactionID
        let stamp: ChangeStamp
        /// Whose records were refused the last time: they are not stored until all is known.
        let doubtful: Set<UInt128>
        /// Whether the schema was given the names that it lacked.
        var isExtended = false
        /// The orders of records that are not to be stored; with the second reading only.
        var leftOut: Set<UInt64> = []
        /// Those of them that have to be kept whole.
        var wanted: Set<UInt64> = []
    }

    /// What became of a record.
    enum Step {
        case done
        /// It has names that the schema lacks: nothing of what was read counts.
        case undeclaredNames
    }

    private let plan: Plan
    private var classifier: PersonClassifier
    /// Descriptions whose columns the builder has.
    private var columns = 0
    private(set) var findings = SnapshotFindings()
    /// Whether what happened to each person is still told of.
    var tellsEvents = true

    init(_ plan: Plan) {
        self.plan = plan
        classifier = PersonClassifier(plan.form, plan.generation, stamp: plan.stamp)
    }

    /// Gives what was found since it was last taken.
    mutating func takeFindings() -> SnapshotFindings {
        defer {
            findings = SnapshotFindings()
            classifier.mapper.forgetOutOfScope()
        }
        findings.outOfScope = classifier.mapper.outOfScope
        return findings
    }

    /// Takes the reader's current record.
    mutating func take(
        _ subject: SubjectName, _ reader: borrowing SnapshotReader, order: UInt64, into builder: inout SegmentBuilder
    ) throws(DeliveryError) -> Step {
        findings.records += 1
        switch try plan.form.identity(subject) {
        case .failure(let refusal):
            if refusal.code == .unknownName, !plan.isExtended { return .undeclaredNames }
            findings.nameless.append(.refused(plan.source, plan.transaction, subject, refusal, former: nil))
            return .done
        case .success(let identity):
            let isLeftOut = plan.leftOut.contains(order)
            if isLeftOut, !plan.wanted.contains(order) { return .done }
            let person = Person(subject: subject, identity: identity, order: order, isLeftOut: isLeftOut)
            return try take(person, reader, into: &builder)
        }
    }

    /// Whose record it is, and where it stands.
    private struct Person {
        let subject: SubjectName
        let identity: PersonIdentity
        let order: UInt64
        let isLeftOut: Bool
    }

    private mutating func take(
        _ person: Person, _ reader: borrowing SnapshotReader, into builder: inout SegmentBuilder
    ) throws(DeliveryError) -> Step {
        let refusal = assemble(person.subject, reader)
        if let refusal, refusal.code == .unknownName, !plan.isExtended { return .undeclaredNames }
        let kept: (refusal: PersonRefusal?, holder: PeopleIndex.Holder, former: FormerEntry?)?
        do throws(SegmentError) {
            let former = try classifier.former(person.identity)
            if let refusal {
                kept = (refusal, .nobody, former)
            } else {
                kept = try store(person, former, into: &builder)
            }
            if let kept, kept.refusal != nil { noteRow(person, kept.former, .refused) }
        } catch {
            throw DeliveryError(error)
        }
        guard let kept else { return .done }
        let attributes: [IdentityAttribute]
        do throws(RecordError) { attributes = try reader.attributes } catch { throw .records(error) }
        findings.kept[person.order] = KeptRecord(
            person: PersonChange(
                subject: person.subject, identity: person.identity, attributes: attributes,
                transaction: plan.transaction),
            refusal: kept.refusal, holder: kept.holder, former: try? kept.former?.name)
        return .done
    }

    private mutating func assemble(_ subject: SubjectName, _ reader: borrowing SnapshotReader) -> PersonRefusal? {
        classifier.mapper.begin()
        do throws(PersonRefusal) {
            try reader.forEachValue { (name, value) throws(PersonRefusal) in try classifier.mapper.add(name, value) }
            try classifier.mapper.assemble(subject)
            return nil
        } catch {
            return error
        }
    }

    /// Puts an assembled entry into the builder, if it is to be stored.
    /// - Returns: why the record has to be kept whole, if it has.
    private mutating func store(
        _ person: Person, _ former: FormerEntry?, into builder: inout SegmentBuilder
    ) throws(SegmentError) -> (refusal: PersonRefusal?, holder: PeopleIndex.Holder, former: FormerEntry?)? {
        let verdict = try classifier.verdict(former)
        if person.isLeftOut { return (nil, verdict.holder ?? .nobody, former) }
        if verdict.isUnchanged {
            noteRow(person, former, .unchanged)
            return nil
        }
        let kind: SnapshotRow.Kind = former == nil ? .added : verdict.isMove ? .moved : .changed
        let holder = verdict.holder ?? .nobody
        if holder == .stranger { return (.nameTaken(plan.form.rdn.name), holder, former) }
        let isDeferred = holder != .nobody || plan.doubtful.contains(person.identity.number)
        noteRow(person, former, kind, isDeferred: isDeferred)
        if isDeferred { return (nil, holder, former) }
        if tellsEvents, !findings.hasTooManyEvents {
            findings.events[person.order] = try classifier.event(plan.source, plan.transaction, verdict)
            if findings.events.count > SnapshotFindings.eventLimit { findings.hasTooManyEvents = true }
        }
        try classifier.complete(person.identity, former)
        try add(to: &builder)
        return nil
    }

    private mutating func add(to builder: inout SegmentBuilder) throws(SegmentError) {
        while columns < classifier.mapper.descriptions.count {
            _ = try builder.column(of: classifier.mapper.descriptions[columns])
            columns += 1
        }
        do throws(SegmentError) { try builder.add(classifier.mapper.fields) } catch {
            // Two want one name, or one person comes twice: the rows say so, and it is decided when all are there.
            guard error.code == .duplicateEntry else { throw error }
        }
    }

    private mutating func noteRow(
        _ person: Person, _ former: FormerEntry?, _ kind: SnapshotRow.Kind, isDeferred: Bool = false
    ) {
        guard !person.isLeftOut else { return }
        findings.rows.append(
            SnapshotRow(
                person: person.identity.number, order: person.order,
                name: kind == .moved || kind == .added ? classifier.mapper.fields.key.hashValue : 0,
                segment: former.map { Int32(truncatingIfNeeded: $0.place.segment) } ?? -1,
                entry: former?.place.entry ?? 0, kind: kind, isDeferred: isDeferred))
    }
}

import AttributeIndex
import CommonInterface
import EventLog
import LDIF
import Schema
import Storage

extension DirectoryTarget {
    func applySnapshot(
        _ delivery: SnapshotDelivery, _ records: inout RefusedRecords?
    ) throws(DeliveryError) -> DeliveryOutcome {
        let source = delivery.settings.entityID
        let state = state(of: source)
        let generation = store.currentGeneration()
        var names = UndeclaredNames(generation.schema)
        while true {
            let schema = names.isEmpty ? generation.schema : names.extendedSchema
            let form = try formToRead(delivery, generation, schema, &names)
            guard let form else { continue }
            let known: RefusedRecords
            if let records { known = records } else { known = try refusedRecordsIfReadable(form, state) }
            let work = SnapshotWork(
                target: self, delivery: delivery, state: state, generation: generation, form: form, known: known,
                isExtended: !names.isEmpty)
            switch try work.run() {
            case .undeclaredNames: names = try undeclaredNames(delivery, generation.schema)
            case .held(let removals): return .held(removals: removals, of: state?.people ?? 0)
            case .applied(let counts, let after):
                report(names, of: source)
                records = after
                return .applied(counts)
            }
        }
    }

    /// The refused records; none where they cannot be read, for a snapshot brings them again.
    private func refusedRecordsIfReadable(
        _ form: PersonForm, _ state: SourceState?
    ) throws(DeliveryError) -> RefusedRecords {
        do throws(DeliveryError) { return try refusedRecords(form, state) } catch {
            guard case .incomplete(let reason) = error else { throw error }
            log.log(.warning, "refused-records-lost", ["source": form.source.description, "reason": reason])
            var records = RefusedRecords()
            records.isFileAhead = true
            return records
        }
    }

    /// What people look like; nil where the schema has to learn names first, those that the configuration uses among them.
    private func formToRead(
        _ delivery: SnapshotDelivery, _ generation: Generation, _ schema: Schema, _ names: inout UndeclaredNames
    ) throws(DeliveryError) -> PersonForm? {
        do throws(DeliveryError) {
            return try form(delivery.settings, generation, schema)
        } catch {
            guard case .configuration = error, names.isEmpty else { throw error }
            names = try undeclaredNames(delivery, schema)
            guard !names.isEmpty else { throw error }
            return nil
        }
    }

    /// The names of the snapshot that the schema lacks.
    private func undeclaredNames(
        _ delivery: SnapshotDelivery, _ schema: Schema
    ) throws(DeliveryError) -> UndeclaredNames {
        var names = UndeclaredNames(schema)
        var chunks = try SnapshotReading.chunks(delivery.file.path)
        var memory: [UInt8] = []
        while true {
            let chunk: LDIFChunk?
            do throws(LDIFError) { chunk = try chunks.next(reusing: memory) } catch {
                throw .records(RecordError(error))
            }
            guard let chunk else { return names }
            var reader = SnapshotReader(chunk)
            while let subject = try SnapshotReading.next(&reader) {
                names.note(subject, [])
                reader.forEachValue { (name, value) in names.note(name, value) }
            }
            memory = reader.takeMemory()
        }
    }
}

/// One snapshot on its way into the index: read, decided, completed, published.
struct SnapshotWork {
    enum Outcome {
        case undeclaredNames
        case held(removals: Int)
        case applied(DeliveryCounts, RefusedRecords)
    }

    let target: DirectoryTarget
    let delivery: SnapshotDelivery
    let state: SourceState?
    let generation: Generation
    let form: PersonForm
    /// Records that were refused before.
    let known: RefusedRecords
    let isExtended: Bool

    var source: EntityID { delivery.settings.entityID }
    var transaction: TransactionID { delivery.file.position }

    func run() throws(DeliveryError) -> Outcome {
        var plan = SnapshotWorker.Plan(
            source: source, form: form, generation: generation, transaction: transaction, stamp: .now(),
            doubtful: Set(known.records.keys), isExtended: isExtended)
        var files = try beginDelivery()
        let reading = try reading(plan)
        try reading.run { (builder) throws(DeliveryError) in try Self.add(builder, to: files) }
        guard !reading.needsNames else { return .undeclaredNames }
        var findings = reading.takeFindings()
        try checkCount(findings)
        let decision: SnapshotDecision
        do throws(SegmentError) {
            decision = try SnapshotDecision(findings, PeopleIndex(generation, form), people: state?.people ?? 0)
        } catch {
            throw DeliveryError(error)
        }
        let people = state?.people ?? 0
        if !delivery.mayRemoveAny, delivery.settings.brake.holds(removals: decision.gone.count, of: people) {
            return .held(removals: decision.gone.count)
        }
        if decision.needsSecondReading || reading.hasDuplicate {
            files = try beginDelivery()
            plan.leftOut = decision.leftOut.union(decision.late)
            plan.wanted = decision.lost.subtracting(findings.kept.keys)
            let again = try self.reading(plan)
            try again.run { (builder) throws(DeliveryError) in try Self.add(builder, to: files) }
            guard !again.hasDuplicate else { throw .incomplete("\(delivery.file.path) changed while it was read") }
            findings.kept.merge(again.takeFindings().kept) { known, _ in known }
        }
        if !decision.late.isEmpty || !decision.gone.isEmpty || !decision.freed.isEmpty {
            try Self.add(try lateEntries(decision, &findings, stamp: plan.stamp), to: files)
        }
        return try publish(files, decision, findings)
    }

    private func beginDelivery() throws(DeliveryError) -> Delivery {
        do throws(StoreError) { return try target.store.beginDelivery() } catch { throw .store(error) }
    }

    private static func add(_ builder: consuming SegmentBuilder, to files: Delivery) throws(DeliveryError) {
        do throws(StoreError) { try files.add(builder) } catch { throw .store(error) }
    }

    private func reading(_ plan: SnapshotWorker.Plan) throws(DeliveryError) -> SnapshotReading {
        try SnapshotReading(
            plan, path: delivery.file.path, progress: delivery.progress, entriesOfFile: target.entriesOfFile,
            threads: target.threads)
    }

    private func checkCount(_ findings: SnapshotFindings) throws(DeliveryError) {
        guard let expected = delivery.file.records, expected != findings.records else { return }
        throw .incomplete(
            "\(delivery.file.path): expected \(expected) records, as the provider says, and found \(findings.records)")
    }
}

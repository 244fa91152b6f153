import AttributeIndex
import CommonInterface
import LDIF
import Provisioning
import Storage
import Synchronization

/// A directory in memory, as strict as the real one, that remembers what was ever applied.
final class FakeTarget: TargetResourceAdapter {
    struct State {
        var position: TransactionID?
        var people: [[UInt8]: [IdentityAttribute]] = [:]
        var applied: [TransactionID] = []
        var snapshots = 0
        var failures: [DeliveryError] = []
        /// Runs in the middle of an application.
        var meanwhile: (@Sendable () -> Void)?
    }

    let files: any FileSystem
    let state = Mutex(State())

    init(_ files: any FileSystem) { self.files = files }

    var people: [[UInt8]: [IdentityAttribute]] { state.withLock { $0.people } }
    var position: TransactionID? { state.withLock { $0.position } }
    var applied: [TransactionID] { state.withLock { $0.applied } }
    var snapshots: Int { state.withLock { $0.snapshots } }

    func fail(_ failures: [DeliveryError]) { state.withLock { $0.failures = failures } }

    func state(of source: EntityID) -> SourceState? {
        state.withLock { state in
            state.position.map {
                SourceState(
                    id: SourceID(source), name: source.text, position: $0.value, people: state.people.count,
                    snapshotTime: 1)
            }
        }
    }

    func apply(_ delivery: ChangeDelivery) throws(DeliveryError) -> DeliveryOutcome {
        let octets = try octets(delivery.content)
        let mark = try begin()
        guard mark == delivery.after else {
            throw .store(
                StoreError(.refused, "it follows \(delivery.after), and we are at \(mark?.description ?? "-")"))
        }
        var reader = ChangelogReader(file: "changes", input: LDIFBytes(octets), after: delivery.after)
        var next = people
        var counts = DeliveryCounts()
        var applied: [TransactionID] = []
        do throws(RecordError) {
            while let change = try reader.next() {
                applied.append(change.id)
                switch change.kind {
                case .add(let attributes), .modify(let attributes):
                    next[change.subject.value] = attributes.filter { !$0.values.isEmpty }
                    counts.modified += 1
                case .delete: if next.removeValue(forKey: change.subject.value) != nil { counts.removed += 1 }
                }
            }
        } catch { throw .records(error) }
        if let held = held(delivery.settings, next, delivery.mayRemoveAny) { return held }
        state.withLock { state in
            state.people = next
            state.applied += applied
            state.position = max(reader.position, delivery.position ?? .zero)
        }
        return .applied(counts)
    }

    func replace(with delivery: SnapshotDelivery) throws(DeliveryError) -> DeliveryOutcome {
        let octets = try octets(.file(delivery.file.path))
        _ = try begin()
        var reader = SnapshotReader(file: "snapshot", input: LDIFBytes(octets))
        var next: [[UInt8]: [IdentityAttribute]] = [:]
        var count = 0
        do throws(RecordError) {
            while let record = try reader.next() {
                next[record.subject.value] = record.attributes
                count += 1
            }
        } catch { throw .records(error) }
        if let records = delivery.file.records, records != count { throw .incomplete("\(count) of \(records)") }
        if let held = held(delivery.settings, next, delivery.mayRemoveAny) { return held }
        state.withLock { state in
            state.people = next
            state.position = delivery.file.position
            state.snapshots += 1
        }
        return .applied(DeliveryCounts())
    }

    private func begin() throws(DeliveryError) -> TransactionID? {
        let (failure, meanwhile) = state.withLock { state in
            (state.failures.isEmpty ? nil : state.failures.removeFirst(), state.meanwhile)
        }
        meanwhile?()
        if let failure { throw failure }
        return position
    }

    private func held(
        _ settings: IdentityProviderSettings, _ next: [[UInt8]: [IdentityAttribute]], _ mayRemoveAny: Bool
    ) -> DeliveryOutcome? {
        let removals = people.keys.filter { next[$0] == nil }.count
        guard !mayRemoveAny, settings.brake.holds(removals: removals, of: people.count) else { return nil }
        return .held(removals: removals, of: people.count)
    }

    private func octets(_ content: ChangeDelivery.Content) throws(DeliveryError) -> [UInt8] {
        switch content {
        case .octets(let octets): return octets
        case .file(let path):
            do throws(StorageError) { return try files.contents(of: path, limit: 1 << 24) } catch {
                throw .store(StoreError(.files, error.description))
            }
        }
    }
}

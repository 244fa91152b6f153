import CommonInterface
import LDIF
import Testing

@testable import IdentityProvider

/// A service provider that believes what it is told: what it holds must be what it may see.
final class ServiceProviderModel {
    let entityID: EntityID
    private(set) var people: [SubjectName: [String: Set<[UInt8]>]] = [:]
    private(set) var position: TransactionID?
    /// Every change ever delivered since the last `initialize`, by transaction: none may come with another content.
    private var seen: [TransactionID: IdentityChange] = [:]
    private(set) var attributes: [String] = []
    private(set) var subject: String?
    private(set) var snapshots = 0

    init(_ entityID: EntityID) { self.entityID = entityID }

    func initialize(_ feed: TestFeed, attributes: [String], subject: String? = nil) throws {
        _ = try feed.provider.initialize(
            InitializeRequest(
                entityID: entityID, mechanisms: Mechanism.allCases, attributes: attributes, subject: subject),
            from: entityID)
        self.attributes = attributes
        self.subject = subject
        seen = [:]
        position = nil
    }

    func snapshot(_ feed: TestFeed) throws {
        let answer = try feed.provider.snapshot(SnapshotRequest(entityID: entityID), from: entityID)
        var reader = SnapshotReader(file: "snapshot", input: LDIFBytes(try feed.contents(answer, entityID)))
        people = [:]
        var records = 0
        while let record = try reader.next() {
            set(record.subject, record.attributes)
            records += 1
        }
        #expect(records == answer.records)
        position = answer.transactionID
        snapshots += 1
    }

    /// Brings it up to date by a changelog, or by a snapshot where the changelog has expired.
    ///
    /// - Parameter isLost: whether it crashes before it has applied the file.
    func changelog(_ feed: TestFeed, isLost: Bool = false) throws {
        guard let position else { return try snapshot(feed) }
        let answer: PreparedAnswer
        do {
            answer = try feed.provider.changelog(
                ChangelogRequest(entityID: entityID, transactionID: position), from: entityID)
        } catch let error as Refusal where error.code == .expiredTransactionID {
            return try snapshot(feed)
        }
        let octets = try feed.contents(answer, entityID)
        let records = try apply(octets, isLost: isLost)
        #expect(records == answer.records)
        if !isLost { self.position = answer.transactionID }
    }

    /// Takes all pushes there are.
    func takePushes(_ feed: TestFeed, losing isLost: () -> Bool) throws {
        while let pending = try feed.provider.nextPush(to: entityID) {
            // A listener applies only what follows what it has; a push repeated in whole is acknowledged again.
            if let position, pending.push.transactionID > position {
                _ = try apply(pending.push.body, isLost: false)
                self.position = pending.push.transactionID
            }
            if isLost() { return }
            try feed.provider.delivered(pending.push.transactionID, of: pending)
        }
    }

    private func apply(_ octets: [UInt8], isLost: Bool) throws -> Int {
        var reader = ChangelogReader(
            file: "changelog", input: LDIFBytes(octets), after: position ?? .zero)
        while let change = try reader.next() {
            var content = change
            // What precedes depends on where the service provider asked from.
            content.previous = nil
            #expect(seen[change.id] == nil || seen[change.id] == content, "transaction \(change.id) has changed")
            seen[change.id] = content
            guard !isLost else { continue }
            switch change.kind {
            case .add(let attributes):
                #expect(people[change.subject] == nil, "\(change.subject) is added twice")
                set(change.subject, attributes)
            case .modify(let attributes):
                #expect(people[change.subject] != nil, "\(change.subject) is modified and unknown")
                #expect(attributes.map(\.name) == self.attributes)
                set(change.subject, attributes)
            case .delete:
                #expect(people.removeValue(forKey: change.subject) != nil, "\(change.subject) is deleted and unknown")
            }
        }
        return reader.count
    }

    private func set(_ subject: SubjectName, _ attributes: [IdentityAttribute]) {
        var values: [String: Set<[UInt8]>] = [:]
        for attribute in attributes where !attribute.values.isEmpty { values[attribute.name] = Set(attribute.values) }
        people[subject] = values
    }
}

import CommonInterface
import EventLog
import Schema
import Storage

extension ProviderCore {
    /// Takes over what the configuration says of the service providers. Where that changes what one of them may know of people,
    /// each of them gets a transaction of its own, that this service provider alone sees: the changes flow like all others.
    ///
    /// The new rule is written with the transactions that it holds from, then these are committed at once. After a crash in
    /// between there are no such transactions, and the rule is dropped and made again.
    mutating func register(_ all: [ServiceProviderSettings]) throws(StorageError) {
        try settle()
        registered = Dictionary(all.map { ($0.entityID, $0) }) { _, last in last }
        try applyPolicies()
    }

    /// Takes over settings that a changed configuration has: all but who people are and how the journal is kept.
    mutating func adopt(_ new: ProviderSettings) {
        var next = new
        next.subject = settings.subject
        next.journal = settings.journal
        settings = next
    }

    /// Brings the rules in force in line with the configuration.
    mutating func applyPolicies() throws(StorageError) {
        for settings in registered.values.sorted(by: { $0.entityID < $1.entityID }) {
            guard let state = providers[settings.entityID]?.state, state.isInitialized,
                let old = providers[settings.entityID]?.history.current
            else { continue }
            let rule = rule(for: state, settings)
            guard rule != old.rule else { continue }
            try changing { (core) throws(StorageError) in try core.change(state, from: old, to: rule) }
        }
    }

    private mutating func change(
        _ state: ServiceProviderState, from old: Release, to rule: ReleaseRule
    ) throws(StorageError) {
        let new: Release
        do throws(ReleaseError) { new = try Release(rule, schema: schema) } catch {
            // The configuration is checked before it comes here.
            throw StorageError(.outOfBounds, path: layout.directory, error.description)
        }
        var next = state
        next.epochs.append(.init(from: journal.last + 1, rule: rule))
        try store(next)
        let first = journal.last
        var last = first
        let (journal, entityID) = (journal, state.entityID)
        var cursor = PeopleCursor(people)
        while let person = try cursor.next() {
            guard let record = IdentityRecord(encoded: person.record.span) else {
                throw .damaged(layout.people, at: 0, section: "people", "a record cannot be read")
            }
            guard old.view(of: record) != new.view(of: record) else { continue }
            last += 1
            try journal.append(
                JournalEntry(
                    id: last, time: clock(), kind: .rerelease(entityID), subject: person.subject, before: nil,
                    after: person.record))
        }
        try journal.commit()
        people.advance(to: last)
        log.log(.info, "policy-changed", ["provider": entityID.text, "people": last - first])
    }
}

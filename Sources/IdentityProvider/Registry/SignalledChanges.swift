import CommonInterface
public import LDIF
import Storage
import Synchronization

/// What came of a text of signalled changes.
public struct SignalledChanges: Codable, Equatable, Sendable {
    /// Records that were made, and are durable.
    public var records = 0
    /// People who came.
    public var added = 0
    /// People who changed.
    public var modified = 0
    /// People who went.
    public var removed = 0
    /// The last transaction.
    public var transactionID = ""
    /// Why the next record was not made, and what stands behind it was not looked at; nil where all were made.
    public var refusal: String?
}

extension IdentityProvider {
    /// Makes the changes that records of LDIF signal, as one commit, durable when this returns.
    ///
    /// - Parameter isStream: whether the records before the first that cannot be made are made nevertheless: it comes back as the
    ///   `refusal` then. Otherwise all are made or none.
    /// - Throws: `.change` with file and line; storage's errors.
    public func apply(
        _ text: LDIFChunk, by rules: ChangeRecords, isStream: Bool
    ) throws(IdentityProviderError) -> SignalledChanges {
        var result = SignalledChanges()
        let file = text.file
        var records: [LDIFRecord] = []
        do throws(LDIFError) {
            var reader = LDIFReader(text)
            while try reader.next() { records.append(reader.record) }
        } catch {
            guard isStream else { throw IdentityProviderError(.change, error.description) }
            result.refusal = error.description
        }
        let (changes, refusal) = try apply(records, file: file, by: rules, isStream: isStream)
        result.records = refusal == nil ? records.count : refusal?.made ?? 0
        // What stands first in the file is told.
        result.refusal = refusal?.reason ?? result.refusal
        result.added = changes.added
        result.modified = changes.modified
        result.removed = changes.removed
        result.transactionID = changes.transactionID.description
        return result
    }

    private func apply(
        _ records: [LDIFRecord], file: String, by rules: ChangeRecords, isStream: Bool
    ) throws(IdentityProviderError) -> (RegistryChanges, RefusedRecord?) {
        let now = clock()
        defer { signal.announce() }
        return try writing.withLock { (_) throws(IdentityProviderError) in
            try core.withLock { (core) throws(IdentityProviderError) in
                try storing { () throws(StorageError) in try core.settle() }
                let people = core.people
                let (changes, refused) = rules.changes(of: records, file: file) {
                    (subject) throws(IdentityProviderError) in
                    try storing { () throws(StorageError) in
                        try people.record(of: subject).flatMap { IdentityRecord(encoded: $0.span) }
                    }
                }
                if let refused, !isStream || refused.error.code == .storage { throw refused.error }
                let made = try storing { () throws(StorageError) in try core.apply(changes, at: now) }
                return (made, refused)
            }
        }
    }

    /// Makes the changes that LDIF records signal, all or none. Durable when this returns.
    @discardableResult
    public func apply(
        _ records: [LDIFRecord], file: String, by rules: ChangeRecords
    ) throws(IdentityProviderError) -> RegistryChanges {
        try apply(records, file: file, by: rules, isStream: false).0
    }
}

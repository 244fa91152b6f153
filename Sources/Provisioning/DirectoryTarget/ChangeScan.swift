import CommonInterface
import LDIF
import Schema

/// A delivery of changes read once through, before anything of it is applied: what is malformed at its end refuses it whole.
struct ChangeScan {
    /// Changes that are kept in memory, so that they need not be read again.
    static let keptLimit = 20_000

    private let delivery: ChangeDelivery
    /// Changes in all.
    private(set) var count = 0
    /// Where the changes lead to.
    private(set) var position: TransactionID
    /// All changes; nil where there are more than are kept.
    private(set) var changes: [IdentityChange]? = []
    private(set) var names: UndeclaredNames
    /// Whom the last change of theirs takes away.
    private(set) var removals: Set<SubjectName> = []

    init(_ delivery: ChangeDelivery, _ schema: Schema) throws(DeliveryError) {
        self.delivery = delivery
        names = UndeclaredNames(schema)
        position = delivery.after
        var decoding = ChangeDecoding(try Self.reader(delivery))
        try decoding.forEach { (change) throws(DeliveryError) in take(change) }
        position = max(decoding.position, delivery.position ?? decoding.position)
    }

    private mutating func take(_ change: IdentityChange) {
        count += 1
        switch change.kind {
        case .add(let attributes), .modify(let attributes):
            names.note(change.subject, attributes)
            removals.remove(change.subject)
        case .delete: removals.insert(change.subject)
        }
        if count > Self.keptLimit { changes = nil } else { changes?.append(change) }
    }

    /// Gives the changes in runs of some thousands.
    func forEachRun(
        of length: Int, _ body: ([IdentityChange], _ isLast: Bool) throws(DeliveryError) -> Void
    ) throws(DeliveryError) {
        if let changes, changes.count <= length { return try body(changes, true) }
        var decoding = ChangeDecoding(try Self.reader(delivery))
        var run: [IdentityChange] = []
        var given = 0
        try decoding.forEach { (change) throws(DeliveryError) in
            run.append(change)
            if run.count == length {
                given += run.count
                try body(run, given == count)
                run.removeAll(keepingCapacity: true)
            }
        }
        if !run.isEmpty { try body(run, true) }
    }

    private static func reader(_ delivery: ChangeDelivery) throws(DeliveryError) -> ChangelogReader {
        switch delivery.content {
        case .octets(let octets):
            return ChangelogReader(
                file: "push", input: LDIFBytes(octets), after: delivery.after, passesOverApplied: true)
        case .file(let path):
            do throws(LDIFInputError) {
                return ChangelogReader(
                    file: path, input: try LDIFFile(path: path), after: delivery.after, passesOverApplied: true)
            } catch {
                throw .incomplete("\(path): cannot read: \(error.reason)")
            }
        }
    }
}

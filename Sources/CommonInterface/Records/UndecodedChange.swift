/// A change whose `changes` are not read yet. What is left to do needs nothing of the changelog around it: any thread may do it.
public struct UndecodedChange: Sendable {
    let id: TransactionID
    let previous: TransactionID?
    let time: Int64?
    let subject: SubjectName
    /// `changeType` and `changes`, as they stand there.
    let type: [UInt8]?
    let changes: [UInt8]?
    /// Where the record stands.
    let file: String
    let line: Int
    let limits: RecordLimits

    /// The change.
    ///
    /// - Throws: where `changes` is not of the kind that `changeType` names.
    public func decoded() throws(RecordError) -> IdentityChange {
        IdentityChange(id: id, previous: previous, time: time, subject: subject, kind: try kind())
    }

    private func kind() throws(RecordError) -> IdentityChange.Kind {
        let type = type.map { String(decoding: $0, as: UTF8.self).lowercased() }
        switch type {
        case "delete":
            guard changes == nil else { throw error("expected no changes with changeType: delete") }
            return .delete
        case "add", "modify":
            guard let changes else { throw error("expected changes with this changeType") }
            let record = try ChangesText.record(changes, type: type ?? "", limits: limits, at: file, line)
            return try ChangesText.kind(of: record, limits: limits, at: file, line)
        default:
            throw error("expected changeType: add, modify or delete: people are never renamed here")
        }
    }

    private func error(_ reason: String) -> RecordError { RecordError(.type, file: file, line: line, reason) }
}

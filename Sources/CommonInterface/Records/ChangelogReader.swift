public import LDIF
import Schema

/// Reads changelogs, strictly: in order, without gaps, only changes that a service provider knows what to do with.
///
/// What 389 Directory Server and OpenDJ do otherwise is taken where it is harmless: a NUL at the end of `changes`,
/// a missing `changeTime`, and, where no chain is expected, a missing `previousChangeNumber`.
public struct ChangelogReader: ~Copyable {
    private var reader: LDIFReader
    private let limits: RecordLimits
    private let isChained: Bool
    private let passesOverApplied: Bool
    /// The last change read, or where reading began.
    public private(set) var position: TransactionID
    /// Changes read so far.
    public private(set) var count = 0

    /// A reader of the changes after `position`.
    ///
    /// - Parameters:
    ///   - file: the name in errors.
    ///   - isChained: whether each change must name the one before it, as ours do, the first one `position`.
    ///   - passesOverApplied: whether changes up to `position` may stand at the beginning, which are not given then: a push
    ///     whose answer was lost comes again.
    public init(
        file: String, input: any LDIFInput, after position: TransactionID, isChained: Bool = true,
        passesOverApplied: Bool = false, limits: RecordLimits = RecordLimits()
    ) {
        reader = LDIFReader(file: file, input: input, limits: limits.ldif, isContentOnly: true)
        self.limits = limits
        self.isChained = isChained
        self.passesOverApplied = passesOverApplied
        self.position = position
    }

    /// The next change; nil at the end.
    public mutating func next() throws(RecordError) -> IdentityChange? { try nextUndecoded()?.decoded() }

    /// The next change, to be decoded by whoever has the time; nil at the end.
    public mutating func nextUndecoded() throws(RecordError) -> UndecodedChange? {
        var fields = ChangelogFields()
        var id: TransactionID
        repeat {
            let isThere: Bool
            do throws(LDIFError) { isThere = try reader.next() } catch { throw RecordError(error) }
            guard isThere else { return nil }
            fields = try self.fields()
            id = try identifier(of: fields)
        } while passesOverApplied && count == 0 && id <= position
        guard id > position else { throw error(.order, "expected a transaction after \(position), found \(id)") }
        let previous = try follow(fields, to: id)
        guard let target = fields.targetDN, let subject = SubjectName(target) else {
            throw error(.subject, "expected targetDN: <attribute>=<value>,ou=People")
        }
        var time: Int64?
        if let text = fields.changeTime {
            time = CivilTime.seconds(generalizedTime: text)
            // Red Hat documents a form without a century for 389: it says nothing certain.
            if time == nil, isChained { throw error(.field, "expected changeTime in the form 20261121161736Z") }
        }
        position = id
        count += 1
        return UndecodedChange(
            id: id, previous: previous, time: time, subject: subject, type: fields.changeType, changes: fields.changes,
            file: reader.file, line: reader.line, limits: limits)
    }

    private func fields() throws(RecordError) -> ChangelogFields {
        var fields = ChangelogFields()
        for line in reader.lines {
            guard fields.take(reader.copy(line.name), reader.copy(line.value)) else {
                throw RecordError(
                    .field, file: reader.file, line: line.line, "expected one value of this attribute")
            }
        }
        guard fields.isChangeLogEntry else { throw error(.kind, "expected objectClass: changeLogEntry") }
        return fields
    }

    private func identifier(of fields: ChangelogFields) throws(RecordError) -> TransactionID {
        guard let text = fields.changeNumber, let id = TransactionID(text) else {
            throw error(.field, "expected changeNumber: decimal digits")
        }
        guard let first = DistinguishedName.rdns(of: reader.copy(reader.dn))?.first?.assertions.first,
            first.type.lowercased() == "changenumber",
            TransactionID(first.value) == id
        else { throw error(.field, "expected dn: changeNumber=\(id),cn=changelog, as changeNumber says") }
        return id
    }

    /// Checks that nothing is missing between the change before and this one.
    private func follow(_ fields: ChangelogFields, to id: TransactionID) throws(RecordError) -> TransactionID? {
        guard let text = fields.previousChangeNumber else {
            guard !isChained else { throw error(.field, "expected previousChangeNumber") }
            return nil
        }
        guard let previous = TransactionID(text), previous < id else {
            throw error(.field, "expected previousChangeNumber: a transaction before \(id)")
        }
        guard !isChained || previous == position else {
            throw error(.gap, "expected the change after \(position), found the one after \(previous)")
        }
        return previous
    }

    private func error(_ code: RecordError.Code, _ reason: String) -> RecordError {
        RecordError(code, file: reader.file, line: reader.line, reason)
    }
}

/// The attributes of a changelog record that are looked at.
struct ChangelogFields {
    private(set) var changeNumber: [UInt8]?
    private(set) var previousChangeNumber: [UInt8]?
    private(set) var changeTime: [UInt8]?
    private(set) var targetDN: [UInt8]?
    private(set) var changeType: [UInt8]?
    private(set) var changes: [UInt8]?
    private(set) var isChangeLogEntry = false

    /// Takes a line; false where the attribute came before and may come once only.
    mutating func take(_ name: [UInt8], _ value: [UInt8]) -> Bool {
        switch String(decoding: name, as: UTF8.self).lowercased() {
        case "changenumber": Self.set(&changeNumber, value)
        case "previouschangenumber": Self.set(&previousChangeNumber, value)
        case "changetime": Self.set(&changeTime, value)
        case "targetdn": Self.set(&targetDN, value)
        case "changetype": Self.set(&changeType, value)
        case "changes": Self.set(&changes, value)
        case "objectclass":
            {
                if String(decoding: value, as: UTF8.self).lowercased() == "changelogentry" { isChangeLogEntry = true }
                return true
            }()
        default: true
        }
    }

    private static func set(_ field: inout [UInt8]?, _ value: [UInt8]) -> Bool {
        guard field == nil else { return false }
        field = value
        return true
    }
}

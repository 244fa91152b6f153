public import CommonInterface

/// One transaction of the journal: what every service provider's change is derived from.
public struct JournalEntry: Equatable, Sendable {
    /// Whom the transaction concerns, and how.
    public enum Kind: Equatable, Sendable {
        /// The person was one record and is another: everybody who may see either.
        case change
        /// The same two records, for those only who know the person by an attribute whose value changes with them: to them
        /// the person of the earlier name goes. The `change` that follows brings the other.
        case departure
        /// The release policy of one service provider changed, and with it what it may know of this person, whose record is
        /// `after`.
        case rerelease(EntityID)
    }

    /// The transaction: one more than the one before.
    public let id: UInt64
    /// Seconds since 1970.
    public let time: Int64
    /// Whom it concerns.
    public let kind: Kind
    /// The registry's subject.
    public let subject: [UInt8]
    /// The encoded `IdentityRecord` before; nil where there was nobody.
    public let before: [UInt8]?
    /// The encoded `IdentityRecord` after; nil where there is nobody.
    public let after: [UInt8]?

    /// An entry.
    public init(id: UInt64, time: Int64, kind: Kind, subject: [UInt8], before: [UInt8]?, after: [UInt8]?) {
        self.id = id
        self.time = time
        self.kind = kind
        self.subject = subject
        self.before = before
        self.after = after
    }

    func append(to writer: inout OctetWriter) {
        writer.number(id)
        writer.number(UInt64(max(0, time)))
        switch kind {
        case .change: writer.number(0)
        case .departure: writer.number(1)
        case .rerelease(let provider):
            writer.number(2)
            writer.text(provider.text.utf8)
        }
        writer.text(subject)
        writer.optional(before)
        writer.optional(after)
    }

    init?(_ reader: inout OctetReader) {
        guard let id = reader.number(), let time = reader.number(), time <= UInt64(Int64.max),
            let code = reader.number()
        else { return nil }
        switch code {
        case 0: kind = .change
        case 1: kind = .departure
        case 2:
            guard let text = reader.text(), let provider = EntityID(String(decoding: text, as: UTF8.self)) else {
                return nil
            }
            kind = .rerelease(provider)
        default: return nil
        }
        guard let subject = reader.text(), let before = reader.optional(), let after = reader.optional() else {
            return nil
        }
        self.id = id
        self.time = Int64(time)
        self.subject = subject
        self.before = before
        self.after = after
    }
}

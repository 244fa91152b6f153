public import CommonInterface

/// Something that happened to a person or to a source: what `peopled changes` shows. It names people and attributes and never
/// holds a value.
public struct ChangeEvent: Sendable, Equatable, Codable {
    /// What happened.
    public enum Kind: String, Sendable, Codable, CaseIterable {
        /// To a person: came, changed, went; or the record that was delivered cannot be served.
        case added, modified, removed, refused
        /// To a source: a snapshot or changelog was applied; a delivery is held, was accepted or discarded; what was expected is
        /// missing and a snapshot was asked for instead; a call failed for good.
        case snapshot, changelog, held, accepted, discarded, resync, failed
    }

    /// Its number: one more with each event, also after a restart. The recorder's to give.
    public var number: UInt64 = 0
    /// Seconds since 1970. The recorder's to give.
    public var time: Int64 = 0
    /// Whose person, or which source: an entityID.
    public var source: String
    /// What happened.
    public var kind: Kind
    /// The transaction it belongs to.
    public var transactionID: String?
    /// The entry's name.
    public var dn: String?
    /// The name it had before, where that was another.
    public var formerDN: String?
    /// The names of the attributes that changed.
    public var attributes: [String]?
    /// Of a source's event: what it came to.
    public var counts: DeliveryCounts?
    /// Why, for people.
    public var reason: String?

    /// An event.
    public init(_ source: EntityID, _ kind: Kind, _ transactionID: TransactionID? = nil) {
        self.source = source.text
        self.kind = kind
        self.transactionID = transactionID?.description
    }

    /// Whether it is about something that went wrong, or waits for somebody.
    public var isError: Bool { kind.isError }
}

extension ChangeEvent.Kind {
    /// Whether such events are about something that went wrong, or waits for somebody.
    public var isError: Bool {
        switch self {
        case .refused, .held, .resync, .failed: true
        case .added, .modified, .removed, .snapshot, .changelog, .accepted, .discarded: false
        }
    }
}

/// What keeps change events. It never throws and never waits: an event that cannot be kept is counted, not waited for.
public protocol ChangeEventRecorder: AnyObject, Sendable {
    /// Keeps events, in this order.
    func record(_ events: [ChangeEvent])
}

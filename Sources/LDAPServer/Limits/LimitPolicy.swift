public import Directory

/// Whose limits are which: those of everybody, and rules for some.
public struct LimitPolicy: Sendable {
    /// What holds before a client has authenticated, where no rule says otherwise.
    public var anonymous = ClientLimits.anonymous
    /// What holds once it has.
    public var authenticated = ClientLimits.authenticated
    /// The first rule that is about a client counts, and no other; what it does not mention is as for everybody.
    public var rules: [LimitRule] = []

    /// The built-in limits.
    public init() {}

    /// The limits of a client; `view` is asked for where a rule decides.
    func limits(of requester: Requester, _ view: () -> DirectoryView) -> ClientLimits {
        var limits = requester.identity == .anonymous ? anonymous : authenticated
        guard !rules.isEmpty else { return limits }
        let view = view()
        if let rule = rules.first(where: { view.isMeant(requester, by: $0.who) }) { rule.changes.apply(to: &limits) }
        return limits
    }
}

/// The limits of some clients.
public struct LimitRule: Sendable {
    /// Of whom.
    public var who: AccessSubject
    /// What differs from everybody's.
    public var changes: LimitChanges

    /// A rule.
    public init(who: AccessSubject, changes: LimitChanges) {
        self.who = who
        self.changes = changes
    }
}

/// Limits that replace others; nil leaves one as it is. See `ClientLimits`.
public struct LimitChanges: Sendable, Hashable {
    /// Entries that a search returns.
    public var size: SteppedLimit?
    /// Seconds that a search takes.
    public var time: SteppedLimit?
    /// Entries that a search may look at.
    public var examined: Int?
    /// Requests that may wait.
    public var outstanding: Int?
    /// Octets of a request.
    public var requestOctets: Int?
    /// Controls on a request.
    public var controls: Int?
    /// Requests a second.
    public var rates: RequestRates?

    /// No changes.
    public init() {}

    /// Makes the changes.
    public func apply(to limits: inout ClientLimits) {
        if let size { limits.size = size }
        if let time { limits.time = time }
        if let examined { limits.examined = examined }
        if let outstanding { limits.outstanding = outstanding }
        if let requestOctets { limits.requestOctets = requestOctets }
        if let controls { limits.controls = controls }
        if let rates { limits.rates = rates }
    }
}

public import LDAP

/// How much a `SearchTask` may do in one step before it lets others have the reactor.
public struct StepBudget: Sendable {
    /// Work: entries, dictionary keys and filter items looked at, in any mixture.
    public var work: Int
    /// Octets of answers written.
    public var octets: Int

    /// A budget; the defaults take well under a millisecond.
    public init(work: Int = 4_096, octets: Int = 65_536) {
        self.work = work
        self.octets = octets
    }
}

/// Limits on a whole search.
public struct SearchLimits: Sendable {
    /// The most entries to return; 0 for no limit.
    public var entries: Int
    /// The most entries to look at, whether they match or not; 0 for no limit. `adminLimitExceeded` beyond.
    public var examined: Int
    /// When to stop, on the clock whose reading `SearchTask.step` is given; nil for never.
    public var deadline: UInt64?

    /// Limits of a search; none unless given.
    public init(entries: Int = 0, examined: Int = 0, deadline: UInt64? = nil) {
        self.entries = entries
        self.examined = examined
        self.deadline = deadline
    }
}

/// Where a page of a paged search ended (RFC 2696): meaningful with the same `DirectoryView` and the same request only.
public struct PagePosition: Sendable, Hashable {
    /// The scope that was being searched: 0 is the base's, the others are those of dereferenced aliases.
    public var scope: UInt32
    /// The segment that was being searched.
    public var segment: UInt32
    /// The first entry of the segment that was not yet looked at.
    public var entry: UInt32

    /// A position; one that no page ended at gives an empty page, not an error.
    public init(scope: UInt32, segment: UInt32, entry: UInt32) {
        self.scope = scope
        self.segment = segment
        self.entry = entry
    }
}

/// One page of a paged search.
public struct PageRequest: Sendable {
    /// The entries wanted, at least 1.
    public var size: Int
    /// Where the page before ended; nil for the first.
    public var position: PagePosition?

    /// A page.
    public init(size: Int, position: PagePosition? = nil) {
        self.size = size
        self.position = position
    }
}

/// How a search ended: everything that SearchResultDone says, and the numbers for the log.
public struct SearchOutcome: Sendable {
    /// Result code, matched DN, diagnostic message and referral.
    public var result: LDAPResult
    /// Where the next page starts; nil after the last, or where no page was asked for.
    public var nextPage: PagePosition?
    /// Entries returned.
    public var entries: Int
    /// Continuation references returned.
    public var references: Int
    /// What is wrong with the index where the result is `other`: for the log, not for clients.
    public var failure: String?
}

/// What one step of a search came to.
public enum SearchProgress: Sendable {
    /// There is more to do: send what was written, then step again.
    case more
    /// All entries were written; `SearchTask.outcome` says how it ended, and SearchResultDone is the server's to write.
    case finished
}

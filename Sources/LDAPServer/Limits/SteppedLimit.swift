import LDAP

/// A limit on what a request may ask for, in two steps as OpenLDAP has them. 0 is no limit.
public struct SteppedLimit: Sendable, Hashable {
    /// What holds for requests that name no limit.
    public var soft: Int
    /// The most that a request may name: beyond it, it is refused with `adminLimitExceeded`. Nil: requests may name what they
    /// like, and get `soft`.
    public var hard: Int?

    /// No limit.
    public static let none = SteppedLimit(0)

    /// The same for those who name none and those who name more.
    public init(_ limit: Int) {
        soft = limit
        hard = nil
    }

    /// Two steps.
    public init(soft: Int, hard: Int) {
        self.soft = soft
        self.hard = hard
    }

    /// What holds for a request that names `asked`, 0 being none; nil where it is refused.
    func resolve(_ asked: Int) -> Int? {
        guard asked > 0 else { return soft }
        guard let hard else { return soft == 0 ? asked : min(asked, soft) }
        if hard == 0 || asked <= hard { return asked }
        // RFC 4511's largest number is how clients say "all there is".
        return asked == Int(Int32.max) ? hard : nil
    }

    /// The most there is to be had in however many requests, as over the pages of a search.
    var most: Int { hard ?? soft }
}

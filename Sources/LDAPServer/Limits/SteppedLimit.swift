/// A limit on what a request may ask for, in two steps as OpenLDAP has them. 0 is no limit.
public struct SteppedLimit: Sendable, Hashable {
    /// What holds for requests that name no limit.
    public var soft: Int
    /// The most that requests get, whatever they name.
    public var hard: Int

    /// No limit.
    public static let none = SteppedLimit(0)

    /// The same for those who name none and those who name more.
    public init(_ limit: Int) { self.init(soft: limit, hard: limit) }

    /// Two steps.
    public init(soft: Int, hard: Int) {
        self.soft = soft
        self.hard = hard
    }

    /// What holds for a request that names `asked`, 0 being none.
    func resolve(_ asked: Int) -> Int {
        guard asked > 0 else { return soft }
        return hard > 0 ? min(asked, hard) : asked
    }
}

public import CommonInterface

/// What an administrator sees of the feed and may do to it, from any thread.
public protocol FeedControl: AnyObject, Sendable {
    /// How each source is doing, in the order of the configuration; sources that are served but configured no more come last.
    var statuses: [SourceStatus] { get }
    /// Does what is asked as soon as the source's thread can.
    func resync(_ source: EntityID, _ request: ResyncRequest) throws(ResyncRefusal)
}

/// Why a request of an administrator was not taken.
public struct ResyncRefusal: Error, Sendable, Equatable, CustomStringConvertible {
    /// A sentence that says what to do instead.
    public let description: String

    /// A refusal.
    public init(_ description: String) { self.description = description }
}

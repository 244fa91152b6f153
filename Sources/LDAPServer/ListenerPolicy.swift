/// What holds for the clients of one listener.
public struct ListenerPolicy: Sendable {
    /// The listener's URL, for people: "ldaps://0.0.0.0:636".
    public var url: String

    /// The policy of a listener for which nothing else is said.
    public init(url: String = "") {
        self.url = url
    }
}

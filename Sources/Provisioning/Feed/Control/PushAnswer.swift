public import CommonInterface

/// What a push is answered with.
public enum PushAnswer: Sendable, Equatable {
    /// That far everything is durable here. Where the push went further, it is not what follows, and is to be sent again from there.
    case durable(TransactionID)
    /// It was not taken.
    case refused(Refusal)
}

import CommonInterface
import Storage

/// Why a step came to nothing.
enum FollowFailure: Error {
    /// A call of the source failed.
    case source(SourceFailure)
    /// What it sent could not be applied.
    case delivery(DeliveryError)
    /// Our own files failed.
    case files(StorageError)
    /// What it sent cannot be true.
    case untrue(String)
    /// The configuration changed meanwhile: what was done is of no use.
    case outdated
}

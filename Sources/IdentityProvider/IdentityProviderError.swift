import LDIF
public import Storage

/// Why the registry's data was not taken, in a sentence for the administrator. Nothing has changed then.
public struct IdentityProviderError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What kind of failure it is. Errors are equal when their codes are.
    public enum Code: Sendable, Hashable {
        /// A file of ours could not be read or written; the storage error's sentence says which.
        case storage
        /// The registry could not be read, or holds something that cannot be.
        case registry
        /// A change does not fit the person it is of.
        case change
        /// A release policy cannot be understood.
        case policy
        /// More people would go than may at once.
        case brake
    }

    /// The kind of failure.
    public let code: Code
    /// The sentence, without a final stop.
    public let description: String
    /// Whether the disk is full.
    public let isFull: Bool

    /// An error with a sentence of its own.
    public init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
        isFull = false
    }

    /// A failure of the file layer.
    public init(_ error: StorageError) {
        code = .storage
        description = error.description
        isFull = error.isFull
    }

    /// Equal codes.
    public static func == (left: Self, right: Self) -> Bool { left.code == right.code }
}

/// Runs what only the file layer can fail.
func storing<Result: ~Copyable>(
    _ body: () throws(StorageError) -> Result
) throws(IdentityProviderError) -> Result {
    do throws(StorageError) { return try body() } catch { throw IdentityProviderError(error) }
}

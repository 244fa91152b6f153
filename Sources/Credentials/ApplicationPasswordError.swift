import Storage

/// Why application passwords could not be read or changed. Two errors are equal when their codes are.
public struct ApplicationPasswordError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The kinds of failure that a caller answers differently.
    public enum Code: Sendable {
        /// A file is not as it was written. None of its passwords verifies.
        case damaged
        /// Another process is changing the store.
        case locked
        /// The device is full. Nothing was changed.
        case full
        /// The file layer failed otherwise.
        case files
        /// What was asked for cannot be: a label that is taken, one password too many.
        case refused
        /// The person has no such application password.
        case notFound
    }

    /// What kind of failure it was.
    public let code: Code
    /// One sentence for people, without a final stop.
    public let description: String

    init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }

    init(_ error: StorageError) {
        switch error.code {
        case .locked: self.init(.locked, error.description)
        case .damaged, .outOfBounds: self.init(.damaged, error.description)
        case .system: self.init(error.isFull ? .full : .files, error.description)
        }
    }

    static func damaged(_ path: String, _ finding: String) -> ApplicationPasswordError {
        ApplicationPasswordError(
            .damaged,
            "\(path) is damaged: \(finding); restore it from a backup, or remove it, which revokes what is in it")
    }

    /// Equal codes.
    public static func == (left: ApplicationPasswordError, right: ApplicationPasswordError) -> Bool {
        left.code == right.code
    }
}

import Synchronization

/// The right to write to a data directory, held by one process at a time; given up by `release` or with the last reference.
public final class DirectoryLock: Sendable {
    /// The lock file.
    public let path: String
    private let action: Mutex<(@Sendable () -> Void)?>

    /// A lock that is held now and given up by `release`.
    public init(path: String, release: @escaping @Sendable () -> Void) {
        self.path = path
        action = Mutex(release)
    }

    deinit { release() }

    /// Gives the lock up; a second time does nothing.
    public func release() {
        let action = action.withLock { action in
            defer { action = nil }
            return action
        }
        action?()
    }

    /// The error for a lock that another process holds.
    public static func held(_ path: String, by holder: Int32?) -> StorageError {
        let who = holder.map { "process \($0)" } ?? "another process"
        return StorageError(.locked, path: path, "\(path) is held by \(who), which is writing to this data directory")
    }
}

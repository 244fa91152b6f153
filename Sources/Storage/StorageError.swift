import Glibc

/// Why a file operation failed: the operation, the path and, in plain words, the reason.
///
/// Two errors are equal when their codes are.
public struct StorageError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The kinds of failure a caller may want to tell apart.
    public enum Code: Equatable, Sendable {
        /// The system refused: `errno`.
        case system(Int32)
        /// A checksum, length or offset in the file is wrong.
        case damaged
        /// Another process holds the directory's lock.
        case locked
        /// An offset or length lies outside the file or buffer.
        case outOfBounds
    }

    /// What kind of failure it was.
    public let code: Code
    /// The file or directory concerned.
    public let path: String
    /// One sentence for people, without a final stop.
    public let description: String

    /// An error with a sentence of its own.
    public init(_ code: Code, path: String, _ description: String) {
        self.code = code
        self.path = path
        self.description = description
    }

    /// The error of a system call: "No space left on the device while writing PATH".
    public static func system(_ number: Int32, while action: String, _ path: String) -> StorageError {
        StorageError(.system(number), path: path, "\(reason(number)) while \(action) \(path)")
    }

    /// A damaged file: where in it, and what was expected there.
    public static func damaged(_ path: String, at offset: Int, section: String, _ finding: String) -> StorageError {
        StorageError(.damaged, path: path, "\(path) is damaged: \(section), octet \(offset): \(finding)")
    }

    /// True when the device or the quota is full.
    public var isFull: Bool { code == .system(ENOSPC) || code == .system(EDQUOT) }

    /// True when the file or directory does not exist.
    public var isNotFound: Bool { code == .system(ENOENT) }

    /// Equal codes.
    public static func == (left: StorageError, right: StorageError) -> Bool { left.code == right.code }

    /// The system's numbers in words; the common ones said as a person would.
    static func reason(_ number: Int32) -> String {
        switch number {
        case ENOSPC: "No space left on the device"
        case EDQUOT: "Disk quota exceeded"
        case EIO: "Input/output error (the disk failed)"
        case ENOENT: "No such file or directory"
        case EACCES, EPERM: "Permission denied"
        case EROFS: "The file system is read-only"
        case EEXIST: "It exists already"
        case ENOTDIR: "Not a directory"
        case EISDIR: "It is a directory"
        case EMFILE, ENFILE: "Too many open files"
        case ENOMEM: "Not enough memory"
        case EFBIG: "The file is too large for its file system"
        default: "System error \(number)"
        }
    }
}

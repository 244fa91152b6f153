/// The file layer: every change the project makes to files goes through one of these, so that tests can make any call fail.
///
/// Paths are absolute or relative to the process. Files are made with mode 0600, directories with 0700, both for the owner of
/// the directory that they are made in, where root makes them.
public protocol FileSystem: Sendable {
    /// Opens a file; `.create` makes an empty one in place of any other.
    func open(_ path: String, _ mode: OpenMode) throws(StorageError) -> any File
    /// Maps a whole file for reading.
    func map(_ path: String) throws(StorageError) -> MappedFile
    /// Gives a file another name in one step, in place of any file that had it. Durable after `synchronizeDirectory`.
    func rename(_ path: String, to destination: String) throws(StorageError)
    /// Removes a file's name.
    func remove(_ path: String) throws(StorageError)
    /// Makes renames, new names and removals in a directory durable.
    func synchronizeDirectory(_ path: String) throws(StorageError)
    /// What is at a path, or nil if nothing is.
    func status(of path: String) throws(StorageError) -> FileStatus?
    /// The names in a directory, sorted, without "." and "..".
    func list(_ path: String) throws(StorageError) -> [String]
    /// Makes a directory; one that is there already will do. The parent must exist.
    func makeDirectory(_ path: String) throws(StorageError)
    /// Octets that may still be written to the file system that holds a path.
    func freeSpace(at path: String) throws(StorageError) -> Int
    /// Takes an exclusive lock, kept until the result is released. Throws `.locked`, naming the holder, if another has it.
    func lock(_ path: String) throws(StorageError) -> DirectoryLock
}

/// An open file, closed when the last reference to it goes.
public protocol File: AnyObject, Sendable {
    /// The path it was opened by.
    var path: String { get }
    /// Reads `count` octets at `offset`, fewer only at the end of the file, and appends them to `buffer`.
    func read(_ count: Int, at offset: Int, into buffer: inout [UInt8]) throws(StorageError)
    /// Writes all of `bytes` at `offset`.
    func write(_ bytes: Span<UInt8>, at offset: Int) throws(StorageError)
    /// Makes everything written so far durable. If this fails nothing is known of what was written since the last
    /// success: the file must be given up, never synchronized again and trusted.
    func synchronize() throws(StorageError)
    /// Cuts or extends (with zeros) the file.
    func truncate(to count: Int) throws(StorageError)
    /// The file's length in octets.
    func size() throws(StorageError) -> Int
}

/// How to open a file.
public enum OpenMode: Sendable {
    /// An existing file, for reading only.
    case read
    /// An existing file, for reading and writing.
    case update
    /// A new, empty file, for reading and writing.
    case create
}

/// What is known of a file without opening it.
public struct FileStatus: Equatable, Sendable {
    /// Length in octets.
    public let size: Int
    /// Last change of the contents, in nanoseconds since 1970.
    public let modified: Int64
    /// True for a directory.
    public let isDirectory: Bool

    /// A status as given.
    public init(size: Int, modified: Int64, isDirectory: Bool) {
        self.size = size
        self.modified = modified
        self.isDirectory = isDirectory
    }
}

extension FileSystem {
    /// The whole contents of a file, refused above `limit` octets.
    public func contents(of path: String, limit: Int) throws(StorageError) -> [UInt8] {
        let file = try open(path, .read)
        let size = try file.size()
        guard size <= limit else {
            throw StorageError(.outOfBounds, path: path, "\(path) has \(size) octets, more than the \(limit) expected")
        }
        var contents: [UInt8] = []
        contents.reserveCapacity(size)
        try file.read(size, at: 0, into: &contents)
        return contents
    }

    /// Puts `contents` at `path` in one step: written beside it, made durable, renamed, and the directory made durable.
    /// After a failure or a crash the path holds the old contents or the new, whole.
    public func replace(_ path: String, with contents: Span<UInt8>) throws(StorageError) {
        let temporary = path + ".new"
        let file = try open(temporary, .create)
        do {
            try file.write(contents, at: 0)
            try file.synchronize()
            try rename(temporary, to: path)
        } catch {
            try? remove(temporary)
            throw error
        }
        try synchronizeDirectory(directory(of: path))
    }

    /// The directory part of a path.
    public func directory(of path: String) -> String { FileCalls.directory(of: path) }
}

public import Storage
import Synchronization

/// A file system in memory whose calls fail as a test asks, and which knows what a crash would leave.
///
/// Nothing is durable until it is synchronized: a file's contents by `File.synchronize`, a name, a rename or a removal by
/// `synchronizeDirectory`. A failed synchronization loses what it should have written, although reading still shows it:
/// that is what Linux does, and why a second try must not be trusted.
public final class SimulatedFileSystem: FileSystem {
    let state: Mutex<SimulatedState>

    /// An empty file system with one directory, "/".
    public convenience init() { self.init(SimulatedState()) }

    init(_ state: SimulatedState) { self.state = Mutex(state) }

    /// The calls made so far.
    public var callCount: Int { state.withLock { $0.calls } }

    /// Octets written so far.
    public var writtenCount: Int { state.withLock { $0.written } }

    /// The files there are, in the order of their paths.
    public var paths: [String] {
        state.withLock { state in
            state.directories.flatMap { path, directory in
                directory.entries.compactMap {
                    $0.value == .directory ? nil : (path == "/" ? "/" : path + "/") + $0.key
                }
            }.sorted()
        }
    }

    /// Makes the `call`-th call from now (0 is the next) go wrong, and `count - 1` more; later ones succeed, except after a crash.
    public func inject(_ fault: Fault, atCall call: Int, count: Int = 1) {
        state.withLock { state in
            state.fault = (fault, state.calls + call..<state.calls + call + count)
            state.hasFaulted = false
        }
    }

    /// No fault from now on.
    public func clearFault() { state.withLock { $0.fault = nil } }

    /// True when the fault that was injected last has happened.
    public var hasFaulted: Bool { state.withLock { $0.hasFaulted } }

    /// What a machine that lost its power now would find when it starts again.
    public func afterCrash(_ survival: Survival) -> SimulatedFileSystem {
        SimulatedFileSystem(state.withLock { $0.afterCrash(survival) })
    }

    /// A copy in which every octet of a file may be changed by `edit`, as a failing disk would.
    public func damaged(_ path: String, _ edit: (inout [UInt8]) -> Void) throws(StorageError) -> SimulatedFileSystem {
        let copy = SimulatedFileSystem(state.withLock { $0.afterCrash(.everything) })
        try copy.run { (state) throws(StorageError) in
            let inode = try state.inode(path, "opening")
            var contents = state.files[inode]?.contents ?? []
            edit(&contents)
            state.files[inode] = .init(contents: contents, durable: contents)
        }
        return copy
    }

    func run<T: Sendable>(
        _ body: (inout SimulatedState) throws(StorageError) -> T
    ) throws(StorageError) -> T {
        let result: Result<T, StorageError> = state.withLock { state in
            do throws(StorageError) { return .success(try body(&state)) } catch { return .failure(error) }
        }
        return try result.get()
    }

    /// See `FileSystem`.
    public func open(_ path: String, _ mode: OpenMode) throws(StorageError) -> any File {
        let inode = try run { (state) throws(StorageError) in
            try state.call(mode == .create ? "creating" : "opening", path)
            return mode == .create ? try state.create(path) : try state.inode(path, "opening")
        }
        return SimulatedFile(path: path, inode: inode, system: self)
    }

    /// See `FileSystem`.
    public func map(_ path: String) throws(StorageError) -> MappedFile {
        let contents = try run { (state) throws(StorageError) in
            try state.call("mapping", path)
            return state.files[try state.inode(path, "opening")]?.contents ?? []
        }
        return try MappedFile(copying: contents.span, name: path)
    }

    /// See `FileSystem`.
    public func rename(_ path: String, to destination: String) throws(StorageError) {
        try run { (state) throws(StorageError) in
            try state.call("renaming", path)
            let inode = try state.inode(path, "renaming")
            guard directory(of: path) != directory(of: destination) else {
                return try state.change(path, [(name(of: destination), .file(inode)), (name(of: path), nil)])
            }
            // Each directory is durable when it is synchronized: a crash may leave both names, or neither.
            try state.change(destination, [(name(of: destination), .file(inode))])
            try state.change(path, [(name(of: path), nil)])
        }
    }

    /// See `FileSystem`.
    public func remove(_ path: String) throws(StorageError) {
        try run { (state) throws(StorageError) in
            try state.call("removing", path)
            _ = try state.inode(path, "removing")
            try state.change(path, [(name(of: path), nil)])
        }
    }

    /// See `FileSystem`.
    public func synchronizeDirectory(_ path: String) throws(StorageError) {
        try run { (state) throws(StorageError) in
            guard state.directories[path] != nil else { throw .system(2, while: "opening", path) }
            do throws(StorageError) { try state.call("synchronizing", path) } catch {
                if !state.hasCrashed { state.directories[path]?.pending = [] }
                throw error
            }
            state.directories[path]?.synchronize()
        }
    }

    /// See `FileSystem`.
    public func status(of path: String) throws(StorageError) -> FileStatus? {
        try run { (state) throws(StorageError) in
            try state.call("looking at", path)
            if state.directories[path] != nil {
                return FileStatus(size: 0, modified: 0, isDirectory: true)
            }
            guard case .file(let inode)? = state.directories[directory(of: path)]?.entries[name(of: path)] else {
                return nil
            }
            let size = state.files[inode]?.contents.count ?? 0
            return FileStatus(size: size, modified: 0, isDirectory: false)
        }
    }

    /// See `FileSystem`.
    public func list(_ path: String) throws(StorageError) -> [String] {
        try run { (state) throws(StorageError) in
            try state.call("listing", path)
            guard let directory = state.directories[path] else { throw .system(2, while: "listing", path) }
            return directory.entries.keys.sorted()
        }
    }

    /// See `FileSystem`.
    public func makeDirectory(_ path: String) throws(StorageError) {
        try run { (state) throws(StorageError) in
            try state.call("making", path)
            guard state.directories[path] == nil else { return }
            try state.change(path, [(name(of: path), .directory)])
            state.directories[path] = .init()
        }
    }

    /// See `FileSystem`.
    public func freeSpace(at path: String) throws(StorageError) -> Int {
        try run { (state) throws(StorageError) in
            try state.call("looking at", path)
            return 1 << 40
        }
    }

    /// See `FileSystem`.
    public func lock(_ path: String) throws(StorageError) -> DirectoryLock {
        try run { (state) throws(StorageError) in
            try state.call("locking", path)
            guard state.locks.insert(path).inserted else { throw DirectoryLock.held(path, by: 1) }
            if (try? state.inode(path, "opening")) == nil { _ = try state.create(path) }
        }
        return DirectoryLock(path: path) { [self] in state.withLock { _ = $0.locks.remove(path) } }
    }

    private func name(of path: String) -> String { SimulatedState.name(of: path) }
}

/// What may go wrong with one call.
public enum Fault: Sendable, Hashable {
    /// It fails with this errno and does nothing.
    case error(Int32)
    /// A write writes half and then fails for want of space; any other call fails so at once.
    case shortWrite
    /// The machine stops: this call and all that follow fail, and a write may be half done.
    case crash
}

/// What a crash leaves of the things that were never synchronized.
public enum Survival: Sendable {
    /// None of them.
    case nothing
    /// All of them.
    case everything
    /// Any of them, in no order, writes perhaps in part; the same seed chooses the same.
    case some(seed: UInt64)
}

final class SimulatedFile: File {
    let path: String
    let inode: Int
    let system: SimulatedFileSystem

    init(path: String, inode: Int, system: SimulatedFileSystem) {
        self.path = path
        self.inode = inode
        self.system = system
    }

    func read(_ count: Int, at offset: Int, into buffer: inout [UInt8]) throws(StorageError) {
        let found = try system.run { (state) throws(StorageError) in
            try state.call("reading", path)
            return state.files[inode]?.contents.dropFirst(offset).prefix(count) ?? []
        }
        buffer.append(contentsOf: found)
    }

    func write(_ bytes: Span<UInt8>, at offset: Int) throws(StorageError) {
        var copy: [UInt8] = []
        for index in bytes.indices { copy.append(bytes[index]) }
        try system.run { (state) throws(StorageError) in
            let fault = state.dueFault
            do throws(StorageError) { try state.call("writing", path) } catch {
                if fault == .shortWrite || fault == .crash {
                    state.files[inode]?.apply(.write(offset, Array(copy.prefix(copy.count / 2))))
                }
                throw error
            }
            state.written += copy.count
            state.files[inode]?.apply(.write(offset, copy))
        }
    }

    func synchronize() throws(StorageError) {
        try system.run { (state) throws(StorageError) in
            do throws(StorageError) { try state.call("synchronizing", path) } catch {
                if !state.hasCrashed { state.files[inode]?.pending = [] }
                throw error
            }
            state.files[inode]?.synchronize()
        }
    }

    func truncate(to count: Int) throws(StorageError) {
        try system.run { (state) throws(StorageError) in
            try state.call("cutting", path)
            state.files[inode]?.apply(.truncate(count))
        }
    }

    func size() throws(StorageError) -> Int {
        try system.run { (state) throws(StorageError) in
            try state.call("looking at", path)
            return state.files[inode]?.contents.count ?? 0
        }
    }
}

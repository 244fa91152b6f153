import Storage

/// The files and directories of a `SimulatedFileSystem`: as they read now, as they are on the disk, and what lies between.
struct SimulatedState: Sendable {
    enum Node: Sendable, Equatable { case file(Int), directory }

    enum Change: Sendable {
        case write(Int, [UInt8])
        case truncate(Int)
    }

    struct FileState: Sendable {
        var contents: [UInt8] = []
        var durable: [UInt8] = []
        var pending: [Change] = []

        mutating func apply(_ change: Change) {
            SimulatedState.apply(change, to: &contents)
            pending.append(change)
        }

        /// Writes what is pending, which is less than what reading shows after an earlier failure.
        mutating func synchronize() {
            for change in pending { SimulatedState.apply(change, to: &durable) }
            pending = []
        }
    }

    struct DirectoryState: Sendable {
        var entries: [String: Node] = [:]
        var durable: [String: Node] = [:]
        var pending: [[(name: String, node: Node?)]] = []

        mutating func apply(_ change: [(name: String, node: Node?)]) {
            for (name, node) in change { entries[name] = node }
            pending.append(change)
        }

        mutating func synchronize() {
            for (name, node) in pending.joined() { durable[name] = node }
            pending = []
        }
    }

    var files: [Int: FileState] = [:]
    var directories: [String: DirectoryState] = ["/": .init()]
    var locks: Set<String> = []
    var calls = 0
    var written = 0
    var fault: (kind: Fault, calls: Range<Int>)?
    var hasFaulted = false
    var hasCrashed = false
    private var nextInode = 1

    var dueFault: Fault? { fault.flatMap { $0.calls.contains(calls) ? $0.kind : nil } }

    /// Counts a call, and fails it if it is the one to fail.
    mutating func call(_ action: String, _ path: String) throws(StorageError) {
        let due = dueFault
        calls += 1
        if due != nil { hasFaulted = true }
        if due == .crash { hasCrashed = true }
        if hasCrashed { throw .system(5, while: action, path) }
        switch due {
        case .error(let number): throw .system(number, while: action, path)
        case .shortWrite: throw .system(28, while: action, path)
        case .crash, nil: return
        }
    }

    func inode(_ path: String, _ action: String) throws(StorageError) -> Int {
        guard case .file(let inode)? = directories[parent(of: path)]?.entries[SimulatedState.name(of: path)] else {
            throw .system(2, while: action, path)
        }
        return inode
    }

    /// An empty file: the one that has the name, cut to nothing, or a new one.
    mutating func create(_ path: String) throws(StorageError) -> Int {
        if let existing = try? inode(path, "creating") {
            files[existing]?.apply(.truncate(0))
            return existing
        }
        let inode = nextInode
        nextInode += 1
        try change(path, [(SimulatedState.name(of: path), .file(inode))])
        files[inode] = .init()
        return inode
    }

    mutating func change(_ path: String, _ change: [(name: String, node: Node?)]) throws(StorageError) {
        guard directories[parent(of: path)] != nil else { throw .system(2, while: "changing", path) }
        directories[parent(of: path)]?.apply(change)
    }

    func afterCrash(_ survival: Survival) -> SimulatedState {
        var seed: UInt64 = if case .some(let given) = survival { given } else { 0 }
        func chance() -> UInt64 {
            seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return seed >> 33
        }
        func survives() -> Bool {
            switch survival {
            case .nothing: false
            case .everything: true
            case .some: chance() % 2 == 0
            }
        }
        var next = SimulatedState()
        next.nextInode = nextInode
        next.files = [:]
        for (inode, file) in files.sorted(by: { $0.key < $1.key }) {
            var contents = file.durable
            for change in file.pending where survives() {
                var change = change
                if case .some = survival, case .write(let offset, let bytes) = change, chance() % 3 == 0 {
                    change = .write(offset, Array(bytes.prefix(Int(chance() % UInt64(bytes.count + 1)))))
                }
                SimulatedState.apply(change, to: &contents)
            }
            if case .everything = survival { contents = file.contents }
            next.files[inode] = FileState(contents: contents, durable: contents)
        }
        for (path, directory) in directories.sorted(by: { $0.key < $1.key }) {
            var entries = directory.durable
            for change in directory.pending where survives() {
                for (name, node) in change { entries[name] = node }
            }
            if case .everything = survival { entries = directory.entries }
            next.directories[path] = DirectoryState(entries: entries, durable: entries)
        }
        next.dropUnreachable()
        return next
    }

    /// A directory whose own name did not survive is gone with all that is in it.
    private mutating func dropUnreachable() {
        for path in directories.keys.sorted() where path != "/" {
            if directories[parent(of: path)]?.entries[SimulatedState.name(of: path)] != .directory {
                directories[path] = nil
            }
        }
    }

    private static func apply(_ change: Change, to contents: inout [UInt8]) {
        switch change {
        case .truncate(let count):
            contents = Array(contents.prefix(count)) + [UInt8](repeating: 0, count: max(0, count - contents.count))
        case .write(let offset, let bytes):
            let missing = max(0, offset + bytes.count - contents.count)
            contents += [UInt8](repeating: 0, count: missing)
            contents.replaceSubrange(offset..<offset + bytes.count, with: bytes)
        }
    }

    func parent(of path: String) -> String { DiskFileSystem().directory(of: path) }

    static func name(of path: String) -> String {
        guard let slash = path.utf8.lastIndex(of: 0x2F) else { return path }
        return String(path[path.utf8.index(after: slash)...])
    }
}

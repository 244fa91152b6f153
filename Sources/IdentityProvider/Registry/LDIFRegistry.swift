import CommonInterface
public import LDIF
public import Storage

/// A registry that is an LDIF file, or a folder of files named *.ldif: one record a person, and what has no subject attribute
/// is nobody.
///
/// Changes are told by names, sizes and times of the files, once they have been the same for two looks: a file that is being
/// written is left alone. Files are best put there under another name and renamed.
public final class LDIFRegistry: IdentityRegistryAdapter {
    /// The least time between two looks, in milliseconds.
    public static let settlingTime: Int32 = 300

    private struct Look: Equatable {
        var files: [String: FileStatus] = [:]
    }

    private let path: String
    private let normalizer: RecordNormalizer
    private let files: any FileSystem
    private let limits: LDIFLimits
    private var watch: DirectoryWatch?
    private var read: Look?

    /// A registry at `path`.
    public init(
        path: String, normalizer: RecordNormalizer, files: any FileSystem = DiskFileSystem(),
        limits: LDIFLimits = LDIFLimits()
    ) {
        self.path = path
        self.normalizer = normalizer
        self.files = files
        self.limits = limits
    }

    /// See `IdentityRegistryAdapter`.
    public func waitForChange(milliseconds: Int32) throws(IdentityProviderError) -> Bool {
        var left = milliseconds
        var last = try look()
        if last == read { try wait(&left) }
        while true {
            let now = try look()
            if now != read, now == last, left != milliseconds || read == nil { return true }
            guard left > 0 else { return false }
            last = now
            try wait(&left)
        }
    }

    /// Waits for a rename in the folder, or a while: a file written in place gives no sign.
    private func wait(_ left: inout Int32) throws(IdentityProviderError) {
        let time = min(left, Self.settlingTime)
        left -= time
        guard time > 0 else { return }
        try storing { () throws(StorageError) in
            if watch == nil { watch = try DirectoryWatch(try folder()) }
            _ = try watch?.wait(milliseconds: time)
        }
    }

    /// See `IdentityRegistryAdapter`.
    public func readAll(
        _ body: (IdentityRecord) throws(IdentityProviderError) -> Void
    ) throws(IdentityProviderError) {
        let before = try look()
        for name in before.files.keys.sorted() { try readFile(name, body) }
        guard try look() == before else {
            throw IdentityProviderError(.registry, "\(path) was changed while it was read; it is read again later")
        }
        read = before
    }

    /// See `IdentityRegistryAdapter`. Goes through the files.
    public func fetch(_ subject: [UInt8]) throws(IdentityProviderError) -> IdentityRecord? {
        var found: IdentityRecord?
        for name in try look().files.keys.sorted() where found == nil {
            try readFile(name) { (record) throws(IdentityProviderError) in
                if record.subject == subject { found = record }
            }
        }
        return found
    }

    private func readFile(
        _ name: String, _ body: (IdentityRecord) throws(IdentityProviderError) -> Void
    ) throws(IdentityProviderError) {
        let input: LDIFFile
        do { input = try LDIFFile(path: name) } catch {
            throw IdentityProviderError(.registry, "cannot read \(name): \(error.reason)")
        }
        var reader = LDIFReader(file: name, input: input, limits: limits)
        while true {
            do {
                guard try reader.next() else { return }
            } catch {
                throw IdentityProviderError(.registry, error.description)
            }
            let record = reader.record
            guard case .content(let values) = record.change else {
                throw IdentityProviderError(
                    .registry,
                    "\(name):\(record.line): expected a person as it stands; changes are for peoplefeed change")
            }
            let person = try normalizer.record(of: values, at: "\(name):\(record.line)")
            if let person { try body(person) }
        }
    }

    /// The files there are, and what tells one writing of them from another.
    private func look() throws(IdentityProviderError) -> Look {
        try storing { () throws(StorageError) in
            var look = Look()
            guard let status = try files.status(of: path) else {
                throw StorageError.system(2, while: "reading the registry", path)
            }
            guard status.isDirectory else {
                look.files[path] = status
                return look
            }
            for name in try files.list(path) where name.hasSuffix(".ldif") && !name.hasPrefix(".") {
                let file = path + "/" + name
                // One that went since the folder was listed is not there.
                look.files[file] = try files.status(of: file)
            }
            return look
        }
    }

    private func folder() throws(StorageError) -> String {
        try files.status(of: path)?.isDirectory == true ? path : files.directory(of: path)
    }
}

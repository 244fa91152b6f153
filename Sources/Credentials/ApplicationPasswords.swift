public import Storage
import Synchronization

/// The application passwords of a data directory: `register/application-passwords`, beside the index and untouched by what
/// changes it.
///
/// There is one file a person, replaced as a whole (write, fsync, rename, fsync of the directory) and read at every bind: what
/// was revoked before a bind began does not verify in it, whichever process revoked it, since nothing is kept that could be
/// out of date. A person without application passwords costs one stat(2).
public final class ApplicationPasswords: Sendable {
    /// The most application passwords of one person.
    public static let maximumCount = ApplicationPasswordFile.maximumCount

    let directory: String
    let register: String
    let files: any FileSystem
    /// Uses that are not written yet.
    let uses = Mutex<LastUses>([:])

    /// The store of a data directory; nothing is read or made yet.
    public init(dataDirectory: String, files: any FileSystem) {
        register = dataDirectory + "/register"
        directory = register + "/application-passwords"
        self.files = files
    }

    /// A person's application passwords, expired ones too, oldest first; none where there are none.
    public func passwords(of entry: EntryUUID) throws(ApplicationPasswordError) -> [ApplicationPassword] {
        try file(of: entry).passwords
    }

    /// Which of a person's valid application passwords this one is; nil if it is none. A use of it is noted.
    ///
    /// - Parameter now: seconds since 1970.
    public func verify(
        _ password: Span<UInt8>, of entry: EntryUUID, at now: Int64
    ) throws(ApplicationPasswordError) -> ApplicationPassword.ID? {
        for candidate in try passwords(of: entry) where candidate.isValid(at: now) {
            guard StoredPassword(Array(candidate.hash.utf8).span).verifies(password) else { continue }
            noteUse(of: candidate.id, of: entry, at: now)
            return candidate.id
        }
        return nil
    }

    /// The SCRAM keys of a person's valid application passwords. The caller notes the use once the client has proved one.
    ///
    /// - Parameter now: seconds since 1970.
    public func scramKeys(
        of entry: EntryUUID, hash: SCRAMHash, at now: Int64
    ) throws(ApplicationPasswordError) -> [ApplicationSCRAMKeys] {
        var found: [ApplicationSCRAMKeys] = []
        for password in try passwords(of: entry) where password.isValid(at: now) {
            for keys in password.keys where keys.hash == hash {
                found.append(ApplicationSCRAMKeys(id: password.id, keys: keys))
            }
        }
        return found
    }

    func path(of entry: EntryUUID) -> String { "\(directory)/\(entry)" }

    func file(of entry: EntryUUID) throws(ApplicationPasswordError) -> ApplicationPasswordFile {
        let path = path(of: entry)
        let octets: [UInt8]
        do throws(StorageError) {
            guard try files.status(of: path) != nil else { return ApplicationPasswordFile(entry: entry) }
            octets = try files.contents(of: path, limit: ApplicationPasswordFile.maximumSize)
        } catch {
            // Removed between the two calls: the last one was revoked.
            guard !error.isNotFound else { return ApplicationPasswordFile(entry: entry) }
            throw ApplicationPasswordError(error)
        }
        guard let file = ApplicationPasswordFile(octets, of: entry) else {
            throw .damaged(path, "its checksum or form is wrong")
        }
        return file
    }
}

import CSystem
import Glibc

/// The user whom a data directory belongs to: what root makes in it must be that user's, or the server could not read it.
enum DataOwner {
    /// Root becomes the owner of a directory, for good; anybody else, and where it is root's own, stays who he is.
    static func become(ownerOf path: String) throws(CommandFailure) {
        guard Privileges.isRoot else { return }
        var record = stat()
        // Safe: the string is terminated and lives through the call, which fills the one record it is given.
        guard unsafe stat(path, &record) == 0 else {
            throw CommandFailure(.inputOutput, "cannot look at \(path): system error \(errno)")
        }
        guard record.st_uid != 0 else { return }
        guard setgroups(0, nil) == 0, setgid(record.st_gid) == 0, setuid(record.st_uid) == 0 else {
            throw CommandFailure(.inputOutput, "cannot become the owner of \(path): system error \(errno)")
        }
    }
}

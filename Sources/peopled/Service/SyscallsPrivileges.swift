import Administration
import CommandLineTools
import CSystem
import Glibc

/// A user of this machine, and the group that goes with it.
struct Account: Equatable {
    let name: String
    let user: uid_t
    let group: gid_t

    /// Looks up a user, and its group where another than its own is wanted, by name.
    ///
    /// - Throws: a `CommandFailure` that names what does not exist.
    init(user name: String, group groupName: String?) throws(CommandFailure) {
        guard let (user, own) = Self.user(name) else {
            throw CommandFailure(.refusedInput, "user: there is no user \"\(name)\" on this machine")
        }
        guard let groupName else {
            self.init(name: name, user: user, group: own)
            return
        }
        guard let group = SystemGroup.number(of: groupName) else {
            throw CommandFailure(.refusedInput, "group: there is no group \"\(groupName)\" on this machine")
        }
        self.init(name: name, user: user, group: group)
    }

    private init(name: String, user: uid_t, group: gid_t) {
        self.name = name
        self.user = user
        self.group = group
    }

    /// The corresponding C function is `getpwnam`; called before there are other threads.
    private static func user(_ name: String) -> (uid_t, gid_t)? {
        // Safe: the record is looked at before the next call that would change it.
        guard let record = unsafe getpwnam(name) else { return nil }
        return unsafe (record.pointee.pw_uid, record.pointee.pw_gid)
    }
}

/// What the process may do.
enum Privileges {
    static var isRoot: Bool { geteuid() == 0 }

    static func isUser(_ account: Account) -> Bool { geteuid() == account.user }

    /// Becomes an ordinary user, with the groups it is a member of, for good: that there is no way back is tried.
    /// The corresponding C functions are `initgroups`, `setgid` and `setuid`, which change all threads.
    static func become(_ account: Account) throws(CommandFailure) {
        // Safe: the string is terminated and lives through the call.
        guard unsafe initgroups(account.name, account.group) == 0, setgid(account.group) == 0, setuid(account.user) == 0
        else {
            throw CommandFailure(
                .inputOutput, "cannot become the user \"\(account.name)\": \(systemError())")
        }
        let isThere = getuid() == account.user && geteuid() == account.user && getegid() == account.group
        guard isThere, setuid(0) != 0, seteuid(0) != 0, account.group == 0 || setegid(0) != 0 else {
            throw CommandFailure(
                .inputOutput, "root's privileges could not be given up for good; not serving with them")
        }
    }

    /// From here on no program that might be run has more rights than this process.
    static func forbidNew() { _ = csystem_forbid_new_privileges() }

    /// Whether this process may list a directory and open what is in it.
    static func mayEnter(_ path: String) -> Bool {
        // Safe: the string is terminated and lives through the call.
        unsafe access(path, R_OK | X_OK) == 0
    }

    /// Makes a directory that is the account's alone, or else this process's, where there is nothing of the name.
    static func makeDirectory(_ path: String, for account: Account?) throws(CommandFailure) {
        // Safe: strings are terminated and live through the calls.
        guard unsafe mkdir(path, 0o700) == 0 else {
            if errno == EEXIST { return }
            throw CommandFailure(.inputOutput, "cannot make \(path): \(systemError())")
        }
        guard let account else { return }
        guard unsafe lchown(path, account.user, account.group) == 0 else {
            throw CommandFailure(.inputOutput, "cannot give \(path) to \"\(account.name)\": \(systemError())")
        }
    }

    /// Core dumps would hold hashes, keys and passwords just received; without them nobody but root may look into the
    /// process's memory either. Whether that is so now.
    static func forbidCoreDumps() -> Bool { csystem_forbid_core_dumps() == 0 }

    private static func systemError() -> String {
        // Safe: the text is copied before another call could change it.
        unsafe String(cString: strerror(errno))
    }
}

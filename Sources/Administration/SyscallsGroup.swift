import Glibc

/// The groups of this machine.
package enum SystemGroup {
    /// The number of a group; nil where there is none of the name. Called before there are other threads. The corresponding C
    /// function is `getgrnam`.
    package static func number(of name: String) -> UInt32? {
        // Safe: the record is looked at before the next call that would change it.
        unsafe getgrnam(name)?.pointee.gr_gid
    }
}

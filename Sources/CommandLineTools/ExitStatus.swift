/// What a command's exit status means, for scripts. `--help` prints this table.
package enum ExitStatus: Int32, CaseIterable {
    case success = 0
    /// LDIF, schema, configuration or a filter was refused; nothing was changed.
    case refusedInput = 1
    /// The command line could not be understood.
    case usage = 2
    /// A file or directory could not be read or written.
    case inputOutput = 3
    /// The disk is full; what was there before is still there.
    case diskFull = 4
    /// The index is damaged; it is not served.
    case damagedIndex = 5
    /// Another process is writing to the data directory.
    case locked = 6
    /// A listener's address is in use or cannot be bound.
    case addressUnavailable = 7
    /// The data directory holds no index yet.
    case noIndex = 8
    /// The search ended with an LDAP result code other than success.
    case searchFailed = 9
    /// A mapped file was cut short or its disk failed while it was being served (SIGBUS).
    case mappedFileLost = 10
    /// The index was made by another version, or with other matching rules; importing again renews it.
    case outdatedIndex = 11
    /// No server answers that could be asked.
    case notRunning = 12

    /// One line for the table in the help.
    package var meaning: String {
        switch self {
        case .success: "success"
        case .refusedInput: "LDIF, schema, configuration or filter refused; nothing changed"
        case .usage: "the command line could not be understood"
        case .inputOutput: "a file or directory could not be read or written"
        case .diskFull: "the disk is full; the directory is as it was"
        case .damagedIndex: "the index is damaged and is not served"
        case .locked: "another process is writing to the data directory"
        case .addressUnavailable: "a listener's address is in use or cannot be bound"
        case .noIndex: "the data directory holds no index yet"
        case .searchFailed: "the search ended with an LDAP error"
        case .mappedFileLost: "a file of the index was cut short or its disk failed while served"
        case .outdatedIndex: "the index is of another version or schema; import again"
        case .notRunning: "no server runs that could be asked"
        }
    }
}

/// A failure on its way to the person at the terminal: one clear sentence and an exit status.
package struct CommandFailure: Error {
    package let status: ExitStatus
    package let message: String

    package init(_ status: ExitStatus, _ message: String) {
        self.status = status
        self.message = message
    }
}

import Storage

/// The file of one person's application passwords.
///
///     peopled application passwords 1
///     entry 6f1a2b3c-...
///     password ID CREATED EXPIRES {SSHA256}... SCRAM-SHA-256$... SCRAM-SHA-512$... LABEL
///     crc32c 0123abcd
///
/// Times are seconds since 1970, `-` where there is none. All SCRAM keys of a hash have one salt and one count of iterations:
/// a server names them before a client proves anything.
struct ApplicationPasswordFile {
    private static let title = "peopled application passwords 1"
    /// The most passwords a person may have: each costs every wrong simple bind a digest.
    static let maximumCount = 50
    /// Octets of the largest file, generously.
    static let maximumSize = 64 << 10

    let entry: EntryUUID
    var passwords: [ApplicationPassword]

    init(entry: EntryUUID, passwords: [ApplicationPassword] = []) {
        self.entry = entry
        self.passwords = passwords
    }

    /// Reads a file; nil where it is not as it was written, or is another person's.
    init?(_ octets: [UInt8], of entry: EntryUUID) {
        guard let lines = ChecksummedText.lines(of: octets, title: Self.title), lines.first == "entry \(entry)" else {
            return nil
        }
        var passwords: [ApplicationPassword] = []
        for line in lines.dropFirst() {
            guard let password = Self.password(line) else { return nil }
            passwords.append(password)
        }
        self.init(entry: entry, passwords: passwords)
    }

    var octets: [UInt8] {
        ChecksummedText.make(Self.title, ["entry \(entry)"] + passwords.map(Self.line))
    }

    private static func line(_ password: ApplicationPassword) -> String {
        let fields =
            [
                "password", password.id.description, String(password.created),
                password.expires.map { String($0) } ?? "-", password.hash,
            ] + password.keys.map(\.authPassword)
        return (fields + [password.label]).joined(separator: " ")
    }

    private static func password(_ line: Substring) -> ApplicationPassword? {
        let fields = line.split(separator: " ", maxSplits: 7, omittingEmptySubsequences: false)
        guard fields.count == 8, fields[0] == "password", let id = ApplicationPassword.ID(String(fields[1])),
            let created = Int64(fields[2]), let sha256 = SCRAMKeys(stored: Array(fields[5].utf8).span),
            let sha512 = SCRAMKeys(stored: Array(fields[6].utf8).span), sha256.hash == .sha256, sha512.hash == .sha512,
            StoredPassword(Array(fields[4].utf8).span).scheme == "SSHA256",
            ApplicationPassword.isLabel(String(fields[7]))
        else { return nil }
        let expires = Int64(fields[3])
        guard expires != nil || fields[3] == "-" else { return nil }
        return ApplicationPassword(
            id: id, label: String(fields[7]), created: created, expires: expires, hash: String(fields[4]),
            keys: [sha256, sha512])
    }
}

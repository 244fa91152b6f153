import Storage

extension ApplicationPasswords {
    /// A new password and its secret, which is kept nowhere and shown once.
    public struct Added: Sendable {
        /// What is kept of it.
        public let password: ApplicationPassword
        /// The secret itself.
        public let secret: SecretOctets
    }

    /// Makes an application password. Durable when this returns.
    ///
    /// - Parameters:
    ///   - label: what it is for; one that the person does not have yet.
    ///   - expires, now: seconds since 1970.
    public func add(
        to entry: EntryUUID, label: String, expires: Int64?, at now: Int64
    ) throws(ApplicationPasswordError) -> Added {
        guard ApplicationPassword.isLabel(label) else {
            throw ApplicationPasswordError(
                .refused,
                "a label is 1 to \(ApplicationPassword.maximumLabel) printable characters without a space at an end")
        }
        if let expires, expires <= now { throw ApplicationPasswordError(.refused, "it would have expired already") }
        return try change { () throws(ApplicationPasswordError) in
            var file = try file(of: entry)
            guard !file.passwords.contains(where: { $0.label == label }) else {
                throw ApplicationPasswordError(
                    .refused,
                    "there is a password labelled \"\(label)\" already; revoke it first, or take another label")
            }
            guard file.passwords.count < ApplicationPasswordFile.maximumCount else {
                throw ApplicationPasswordError(
                    .refused,
                    "there are \(ApplicationPasswordFile.maximumCount) application passwords; revoke one first")
            }
            guard var secret = ApplicationSecret.make(),
                let password = Self.password(secret, label: label, created: now, expires: expires, beside: file)
            else { throw ApplicationPasswordError(.files, "the system gives no random octets") }
            file.passwords.append(password)
            try write(file)
            return Added(password: password, secret: SecretOctets(taking: &secret))
        }
    }

    /// Revokes those of a person's passwords that `isRevoked` picks, and returns them. Durable when this returns: none of them
    /// verifies in a bind that begins from then on.
    ///
    /// - Throws: `.notFound` where it picks none.
    @discardableResult
    public func revoke(
        of entry: EntryUUID, where isRevoked: (ApplicationPassword) -> Bool
    ) throws(ApplicationPasswordError) -> [ApplicationPassword] {
        try change { () throws(ApplicationPasswordError) in
            var file = try file(of: entry)
            let revoked = file.passwords.filter(isRevoked)
            guard !revoked.isEmpty else {
                throw ApplicationPasswordError(.notFound, "there is no such application password")
            }
            file.passwords.removeAll(where: isRevoked)
            try write(file)
            forgetUses(of: revoked, of: entry)
            return revoked
        }
    }

    /// The entries that have application passwords, in the order of their UUIDs.
    public func entries() throws(ApplicationPasswordError) -> [EntryUUID] {
        try names().compactMap { EntryUUID($0) }
    }

    /// Runs `body` while no other process changes the store.
    func change<Result>(
        _ body: () throws(ApplicationPasswordError) -> Result
    ) throws(ApplicationPasswordError) -> Result {
        let lock: DirectoryLock
        do throws(StorageError) {
            for path in [register, directory] {
                try files.makeDirectory(path)
                try files.synchronizeDirectory(files.directory(of: path))
            }
            lock = try files.lock(register + "/lock")
        } catch {
            throw ApplicationPasswordError(error)
        }
        defer { lock.release() }
        return try body()
    }

    private func write(_ file: ApplicationPasswordFile) throws(ApplicationPasswordError) {
        let path = path(of: file.entry)
        do throws(StorageError) {
            if file.passwords.isEmpty {
                try files.remove(path)
                try files.synchronizeDirectory(directory)
            } else {
                try files.replace(path, with: file.octets.span)
            }
        } catch {
            throw ApplicationPasswordError(error)
        }
    }

    /// What is kept of a secret. SCRAM keys take salt and iterations from those that the person has.
    private static func password(
        _ secret: [UInt8], label: String, created: Int64, expires: Int64?, beside file: ApplicationPasswordFile
    ) -> ApplicationPassword? {
        guard let id = newID(beside: file), let salt = LibCrypto.randomOctets(count: 16),
            let hash = PasswordScheme.salted(.sha256, secret.span, salt: salt)
        else { return nil }
        var keys: [SCRAMKeys] = []
        for scramHash in SCRAMHash.allCases {
            let other = file.passwords.first?.keys.first { $0.hash == scramHash }
            guard let salt = other?.salt ?? LibCrypto.randomOctets(count: SCRAMKeys.saltLength),
                let made = SCRAMKeys(
                    scramHash, password: secret.span, iterations: other?.iterations ?? SCRAMKeys.defaultIterations,
                    salt: salt)
            else { return nil }
            keys.append(made)
        }
        return ApplicationPassword(id: id, label: label, created: created, expires: expires, hash: hash, keys: keys)
    }

    private static func newID(beside file: ApplicationPasswordFile) -> ApplicationPassword.ID? {
        while let octets = ApplicationSecret.random(count: ApplicationPassword.ID.length) {
            let id = ApplicationPassword.ID(String(decoding: octets, as: UTF8.self))
            if let id, !file.passwords.contains(where: { $0.id == id }) { return id }
        }
        return nil
    }
}

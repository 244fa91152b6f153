public import Storage

extension SCRAMDecoys {
    /// Octets of the secret.
    private static let secretLength = 32

    /// Decoys of the data directory's secret, `register/scram-secret`, which is made where there is none: an unknown name has the
    /// same salt after a restart, as a known one has.
    ///
    /// - Throws: where it can be neither read nor made. A secret of this process only is better than none then.
    public convenience init(dataDirectory: String, files: any FileSystem) throws(ApplicationPasswordError) {
        self.init(secret: try Self.secret(dataDirectory, files))
    }

    private static func secret(
        _ dataDirectory: String, _ files: any FileSystem
    ) throws(ApplicationPasswordError) -> SecretOctets {
        let path = dataDirectory + "/register/scram-secret"
        if let kept = try read(path, files) { return kept }
        let store = ApplicationPasswords(dataDirectory: dataDirectory, files: files)
        return try store.change { () throws(ApplicationPasswordError) in
            // Made by another process meanwhile, perhaps.
            if let kept = try read(path, files) { return kept }
            guard var made = LibCrypto.randomOctets(count: secretLength) else {
                throw ApplicationPasswordError(.files, "the system gives no random octets")
            }
            do throws(StorageError) {
                try files.replace(path, with: made.span)
            } catch {
                throw ApplicationPasswordError(error)
            }
            return SecretOctets(taking: &made)
        }
    }

    /// Decoys of a secret that this process alone knows; nil where the system gives no random octets.
    public convenience init?() {
        guard var secret = LibCrypto.randomOctets(count: Self.secretLength) else { return nil }
        self.init(secret: SecretOctets(taking: &secret))
    }

    private static func read(
        _ path: String, _ files: any FileSystem
    ) throws(ApplicationPasswordError) -> SecretOctets? {
        do throws(StorageError) {
            guard try files.status(of: path) != nil else { return nil }
            var octets = try files.contents(of: path, limit: secretLength)
            guard octets.count == secretLength else {
                throw StorageError.damaged(
                    path, at: octets.count, section: "secret", "it is not \(secretLength) octets long")
            }
            return SecretOctets(taking: &octets)
        } catch {
            throw ApplicationPasswordError(error)
        }
    }
}

/// Whom a client's name stands for, as far as SCRAM must know: what may prove it. Made for unknown names too.
public struct SCRAMUser: Sendable {
    /// The name as looking it up compares it ("Alice" and "alice" are one where case does not count): what the salt of an
    /// unknown name is derived from.
    let nameKey: [UInt8]
    /// Keys of one salt and one count of iterations, in the order given.
    let keys: [SCRAMKeys]
    /// For each of `keys`, which application password it is of, if it is.
    let applicationPasswords: [ApplicationPassword.ID?]
    /// The passwords that are stored in clear.
    let passwords: [SecretOctets]

    /// Nobody: the exchange goes on, and fails at its end.
    public init(unknownName nameKey: [UInt8]) {
        (self.nameKey, keys, applicationPasswords, passwords) = (nameKey, [], [], [])
    }

    /// Somebody, with the values stored in userPassword (and authPassword), and application passwords.
    ///
    /// The server names one salt before the client proves anything. A person's application passwords share theirs, and go
    /// before an RFC 5803 value, which has its own: with application passwords, the password itself serves for simple binds,
    /// or for SCRAM where it is stored in clear, which goes with any salt.
    public init(
        nameKey: [UInt8], hash: SCRAMHash, stored: [[UInt8]], applicationPasswords given: [ApplicationSCRAMKeys] = []
    ) {
        self.nameKey = nameKey
        var keys: [SCRAMKeys] = []
        var identifiers: [ApplicationPassword.ID?] = []
        for password in given where password.keys.hash == hash {
            guard keys.first.map(password.keys.hasShape) ?? true else { continue }
            keys.append(password.keys)
            identifiers.append(password.id)
        }
        var passwords: [SecretOctets] = []
        for value in stored {
            switch StoredPassword(value.span).scramSource {
            case .clear(let secret): passwords.append(secret)
            case .keys(let found) where found.hash == hash && keys.first.map(found.hasShape) ?? true:
                keys.append(found)
                identifiers.append(nil)
            default: break
            }
        }
        (self.keys, applicationPasswords, self.passwords) = (keys, identifiers, passwords)
    }
}

/// The keys of one application password.
public struct ApplicationSCRAMKeys: Sendable {
    /// Which.
    public let id: ApplicationPassword.ID
    /// Its keys.
    public let keys: SCRAMKeys
}

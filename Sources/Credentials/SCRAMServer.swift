/// The server's side of one SCRAM exchange (RFC 5802, RFC 7677), over octets: what comes in is the client's messages, what
/// goes out the server's.
///
///     receiveFirst(message) -> whom the client names       the caller looks the name up
///     answerFirst(user)     -> server-first                for unknown names too
///     receiveFinal(message) -> server-final, or an error   may take long: see `cost`
///
/// Any error ends the exchange. A copy may be sent to another thread for the last step.
public struct SCRAMServer: Sendable {
    /// Octets of a message that is read.
    public static let maximumMessage = 4096
    static let maximumName = 1024
    static let maximumNonce = 512

    /// Whom a client names.
    public struct Names: Sendable, Equatable {
        /// Whose password it will prove, prepared by SASLprep.
        public let authentication: String
        /// Whom it wants to be (authzid), where it says so.
        public let authorization: String?
    }

    /// An exchange that succeeded.
    public struct Success: Sendable, Equatable {
        /// The server's last message, by which it proves itself.
        public let serverFinal: [UInt8]
        /// Which application password it was, if it was one.
        public let applicationPassword: ApplicationPassword.ID?
    }

    private enum Phase {
        case start
        case named(SCRAMClientFirst)
        case challenged(SCRAMClientFirst, SCRAMUser, nonce: [UInt8], serverFirst: [UInt8])
        case ended
    }

    /// The mechanism that the client chose.
    public let mechanism: SCRAMMechanism
    private let channel: SCRAMChannel
    private let decoys: SCRAMDecoys
    private let ownNonce: [UInt8]?
    private var phase = Phase.start

    /// A new exchange.
    public init(_ mechanism: SCRAMMechanism, channel: SCRAMChannel, decoys: SCRAMDecoys) {
        self.init(mechanism, channel: channel, decoys: decoys, nonce: nil)
    }

    /// For the vectors of the RFCs, which have a nonce of their own.
    init(_ mechanism: SCRAMMechanism, channel: SCRAMChannel, decoys: SCRAMDecoys, nonce: [UInt8]?) {
        (self.mechanism, self.channel, self.decoys, ownNonce) = (mechanism, channel, decoys, nonce)
    }

    /// Reads the client's first message.
    public mutating func receiveFirst(_ message: Span<UInt8>) throws(SCRAMError) -> Names {
        guard case .start = phase else { throw outOfOrder() }
        phase = .ended
        let first = try SCRAMClientFirst(message)
        try checkBinding(first.flag)
        phase = .named(first)
        return Names(authentication: first.name, authorization: first.authorization)
    }

    /// Section 6: a client that is being deceived about what the server can do must find out.
    private func checkBinding(_ flag: SCRAMClientFirst.BindingFlag) throws(SCRAMError) {
        switch flag {
        case .used(let type):
            guard mechanism.bindsChannel else {
                throw SCRAMError(.channelBindingNotSupported, "\(mechanism.name) does not bind, and the client does")
            }
            guard let value = channel.value(ofType: type), !value.isEmpty else {
                throw SCRAMError(
                    .unsupportedChannelBindingType,
                    "the client binds by another type than tls-server-end-point or tls-exporter, or there is no TLS")
            }
        case .unoffered where channel.isBindingOffered:
            throw SCRAMError(
                .serverDoesSupportChannelBinding,
                "the client was not told of the -PLUS mechanisms: somebody is in between")
        case .none, .unoffered:
            guard !mechanism.bindsChannel else {
                throw SCRAMError(.channelBindingsDontMatch, "\(mechanism.name) without a channel binding")
            }
        }
    }

    /// The server's first message, for a user or for nobody.
    public mutating func answerFirst(_ user: SCRAMUser) throws(SCRAMError) -> [UInt8] {
        guard case .named(let first) = phase else { throw outOfOrder() }
        phase = .ended
        guard let own = ownNonce ?? LibCrypto.randomOctets(count: 18).map({ Array(Base64.encode($0).utf8) }) else {
            throw SCRAMError(.noResources, "the system gives no random octets")
        }
        let nonce = first.nonce + own
        let (iterations, salt) = shape(of: user)
        let answer = Array("r=".utf8) + nonce + Array(",s=\(Base64.encode(salt)),i=\(iterations)".utf8)
        phase = .challenged(first, user, nonce: nonce, serverFirst: answer)
        return answer
    }

    private func shape(of user: SCRAMUser) -> (iterations: Int, salt: [UInt8]) {
        user.keys.first.map { ($0.iterations, $0.salt) } ?? decoys.shape(user.nameKey, mechanism.hash)
    }

    /// About how many microseconds `receiveFinal` will take.
    public var cost: Int {
        guard case .challenged(_, let user, _, _) = phase else { return 1 }
        let derivations = max(user.passwords.count, decoys.isDerivationExpected ? 1 : 0)
        return 20 + derivations * shape(of: user).iterations
    }

    /// Verifies the client's proof. Takes the same time whether there is such a user or not.
    ///
    /// - Throws: `.invalidProof` where the password is wrong or there is no such user; anything else is about the message.
    public mutating func receiveFinal(_ message: Span<UInt8>) throws(SCRAMError) -> Success {
        guard case .challenged(let first, let user, let nonce, let serverFirst) = phase else { throw outOfOrder() }
        phase = .ended
        let final = try SCRAMClientFinal(message)
        var binding = first.header
        if case .used(let type) = first.flag { binding += channel.value(ofType: type) ?? [] }
        guard LibCrypto.isEqualInConstantTime(final.binding.span, binding.span) else {
            throw SCRAMError(.channelBindingsDontMatch, "the client's channel is not this one")
        }
        guard final.nonce == nonce else { throw SCRAMError(.otherError, "the nonce is not the one that was sent") }
        let comma = [UInt8(ascii: ",")]
        let authMessage = first.bare + comma + serverFirst + comma + final.withoutProof
        for (keys, id) in candidates(user) where Self.fits(final.proof, keys, authMessage) {
            let signature = LibCrypto.hmac(mechanism.hash.digest, key: keys.serverKey.span, message: authMessage.span)
            return Success(serverFinal: Array("v=\(Base64.encode(signature))".utf8), applicationPassword: id)
        }
        throw SCRAMError(.invalidProof, "the proof is wrong")
    }

    /// The keys that may fit. Where a password in clear may cost a derivation, everybody's costs one.
    private func candidates(_ user: SCRAMUser) -> [(SCRAMKeys, ApplicationPassword.ID?)] {
        let (iterations, salt) = shape(of: user)
        var candidates = Array(zip(user.keys, user.applicationPasswords))
        for password in user.passwords {
            let derived = password.withOctets {
                SCRAMKeys(mechanism.hash, password: $0, iterations: iterations, salt: salt)
            }
            if let derived { candidates.append((derived, nil)) }
        }
        if user.passwords.isEmpty, decoys.isDerivationExpected {
            _ = SCRAMKeys(mechanism.hash, password: Array("decoy".utf8).span, iterations: iterations, salt: salt)
        }
        return candidates
    }

    /// Section 3: the proof is ClientKey XOR HMAC(StoredKey, AuthMessage), and H(ClientKey) is StoredKey.
    private static func fits(_ proof: [UInt8], _ keys: SCRAMKeys, _ authMessage: [UInt8]) -> Bool {
        let signature = LibCrypto.hmac(keys.hash.digest, key: keys.storedKey.span, message: authMessage.span)
        guard proof.count == signature.count, !proof.isEmpty else { return false }
        var clientKey = zip(proof, signature).map { $0 ^ $1 }
        defer { LibCrypto.wipe(&clientKey) }
        let digest = LibCrypto.digest(keys.hash.digest, of: clientKey.span)
        return LibCrypto.isEqualInConstantTime(digest.span, keys.storedKey.span)
    }

    private mutating func outOfOrder() -> SCRAMError {
        phase = .ended
        return SCRAMError(.otherError, "a message at the wrong moment")
    }
}

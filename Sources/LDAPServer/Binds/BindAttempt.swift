import Directory
import LDAP

/// One bind request on the way to its answer. Confined to its connection's reactor.
final class BindAttempt {
    let messageID: MessageID
    /// "simple", or the SASL mechanism, for the log.
    let mechanism: String
    /// Who the client says it is, for the log: a DN or a name, as it was sent.
    let name: String
    /// What failures are counted by: the hash of the DIT key of the entry or account, or of what stands in for one where
    /// there is none.
    let subject: Int
    /// Whom the client wants to act as, where that is not whom it authenticates as: SASL's authorization identity.
    let authorizationID: String
    /// Whether time has passed since it came: what was looked up then may have changed.
    var hasWaited = false

    init(
        _ messageID: MessageID, mechanism: String, name: String, subject: Int = 0, authorizationID: String = ""
    ) {
        self.messageID = messageID
        self.mechanism = mechanism
        self.name = name
        self.subject = subject
        self.authorizationID = authorizationID
    }
}

/// What is to be done with a bind once it has waited.
typealias BindStep = (LDAPConnection, BindAttempt) -> Void

/// What came of verifying a bind.
enum BindOutcome: Sendable {
    case verified(Identity)
    /// Nobody of that name, no password or a wrong one: nobody learns which.
    case refused
    /// It could not be told, for the reason given.
    case unavailable(String)
}

import AttributeIndex
import Credentials
import Directory
import LDAP
import Schema

extension LDAPConnection {
    /// RFC 4513 section 5.1.
    func simpleBind(_ messageID: MessageID, name: Span<UInt8>, password: Span<UInt8>) {
        // Section 5.1.1.
        if name.isEmpty, password.isEmpty { return endAnonymousBind(messageID) }
        let text = String(decoding: name.array(), as: UTF8.self)
        if !password.isEmpty, kind == .clearAwaitingTLS {
            return refuseInTheClear(BindAttempt(messageID, mechanism: "simple", name: text))
        }
        if name.isEmpty {
            // A password without a name proves nothing.
            return endBind(BindAttempt(messageID, mechanism: "simple", name: text), .invalidCredentials)
        }
        var key: [UInt8] = []
        do throws(DNError) {
            try server.view().schema.appendDNKey(of: name, to: &key)
        } catch {
            let attempt = BindAttempt(messageID, mechanism: "simple", name: text)
            return endBind(attempt, .invalidDNSyntax, "the name is not a DN")
        }
        let attempt = BindAttempt(messageID, mechanism: "simple", name: text, subject: key.hashValue)
        guard !password.isEmpty else {
            // Section 5.1.2: some clients would take success for proof of an identity.
            return endBind(attempt, .unwillingToPerform, "a name without a password proves nothing")
        }
        guard password.count <= Limits.passwordBytes else { return endBind(attempt, .invalidCredentials) }
        let secret = SecretOctets(password)
        begin(attempt) { connection, attempt in
            let claim = connection.claim(messageID) { search, view throws(SegmentError) in
                try search.claim(key: key.span, in: view)
            }
            if let claim { connection.verify(secret, claim, attempt) }
        }
    }

    /// Refuses what is for TLS only, right or wrong (RFC 4513 section 6.3.3).
    func refuseInTheClear(_ attempt: BindAttempt) {
        noteRefusal(.confidentiality)
        endBind(attempt, .confidentialityRequired, "credentials are taken over TLS only; begin with StartTLS")
    }
}

import LDAP
import Transport

extension LDAPConnection {
    /// Abandon (RFC 4511 section 4.11): the operation ends without an answer, and this one has none either. A bind cannot
    /// be abandoned, nor what nobody knows; both are passed over.
    func abandon(_ request: borrowing RequestReader) throws(LDAPDecodingError) {
        let target = try request.abandonRequest()
        guard let target, try controls(of: request, accepted: []) != nil else { return }
        if !stopSearch(target, result: nil) { _ = queue.remove(target) }
        server.counters.succeeded(.abandon)
    }

    /// Unbind (RFC 4511 section 4.3): the session ends, whatever was under way.
    func unbind() {
        server.counters.succeeded(.unbind)
        flush()
        connection.close()
    }
}

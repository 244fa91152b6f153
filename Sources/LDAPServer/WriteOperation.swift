import LDAP

extension LDAPConnection {
    /// Add, delete, modify and modify DN (RFC 4511 sections 4.6 to 4.9), which are not performed here.
    func refuseWrite(_ request: borrowing RequestReader) throws(LDAPDecodingError) {
        _ = try request.writeRequest()
        guard try controls(of: request, accepted: .manageDSAIT) != nil else {
            return answer(request, .unavailableControl)
        }
        refuseChange(request)
    }

    /// Says where changes are made instead.
    func refuseChange(_ request: borrowing RequestReader) {
        let configuration = server.context.configuration
        if !configuration.referrals.isEmpty {
            return answer(request, LDAPResult(.referral, referral: configuration.referrals))
        }
        let reason = configuration.upstream.map { "this directory is read-only; changes are made at \($0)" }
        answer(
            request,
            LDAPResult(.unwillingToPerform, diagnosticMessage: reason ?? "this directory is read-only"))
    }
}

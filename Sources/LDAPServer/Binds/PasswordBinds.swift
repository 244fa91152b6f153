import AttributeIndex
import Credentials
import Directory
import LDAP

extension LDAPConnection {
    /// Microseconds of a verification up to which the reactor does it itself: less than telling another thread takes.
    private static let quickCost = 20

    /// Whom a bind is for. Whether there is anybody shows in no answer and in no time. Nil where the index is damaged: the
    /// bind has been answered then.
    func claim(
        _ messageID: MessageID, _ find: (ClaimSearch, DirectoryView) throws(SegmentError) -> Claim
    ) -> Claim? {
        do throws(SegmentError) {
            let view = server.view()
            let claim = try find(server.context.claims, view)
            // Whom access rules let nobody bind as from here is nobody, and is answered as nobody is.
            return try mayBind(as: claim.identity, view) ? claim : Claim()
        } catch {
            server.context.reportDamage(error.description, connection: number)
            let attempt = BindAttempt(messageID, mechanism: "", name: "")
            endBind(attempt, .other, "the index is damaged")
            return nil
        }
    }

    /// Whether access rules let the client bind as somebody over the connection it has.
    func mayBind(as identity: Identity?, _ view: DirectoryView) throws(SegmentError) -> Bool {
        guard let key = identity?.entryKey else { return true }
        return try view.mayBind(asEntryWithKey: key.span, requester)
    }

    /// Has the password verified: at once where that takes less than telling another thread, else by a worker, while the
    /// requests behind it wait. An unknown user's is verified against nothing, in the same time.
    func verify(_ password: SecretOctets, _ claim: Claim, _ attempt: BindAttempt) {
        let check = PasswordCheck(context: server.context, claim: claim)
        if let identity = claim.identity, check.isKnown(password) { return endBind(attempt, .verified(identity)) }
        if check.cost <= Self.quickCost { return endBind(attempt, check.verify(password)) }
        let workers = claim.upstream == nil ? server.context.workers : server.context.upstreamWorkers
        work(for: attempt, by: workers, { check.verify(password) }, then: { $0.endBind($1, $2) })
    }
}

import BER
import Directory
import LDAP

extension LDAPConnection {
    /// Compare (RFC 4511 section 4.10).
    func compare(_ request: borrowing RequestReader, _ pdu: Span<UInt8>) throws(LDAPDecodingError) {
        let fields = try request.compareRequest()
        guard let controls = try controls(of: request, accepted: .manageDSAIT) else {
            return answer(request, .unavailableControl)
        }
        let result = granted(view(for: request.bytes(fields.entry))).compare(
            fields, pdu: pdu, manageDsaIT: controls.managesDSAIT,
            batch: &server.requests.comparisons)
        answer(request.messageID, result, &server.output)
    }

    /// Answers a comparison.
    func answer(_ messageID: MessageID, _ result: LDAPResult, _ output: inout BERWriter) {
        // No comparison answers `other` but one that the index failed.
        if result.code == .other { server.context.reportDamage(result.diagnosticMessage, connection: number) }
        server.counters.ended(.compare, result.code)
        writeResult(to: &output, operation: .compare, messageID: messageID, result: result)
    }
}

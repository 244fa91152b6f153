import Directory
import LDAP

extension LDAPConnection {
    /// The extended operations that are performed, by OID; for the root DSE.
    static let supportedExtensions = [OID.Extension.whoAmI, OID.Extension.cancel]

    /// Extended operations (RFC 4511 section 4.12).
    func extended(_ request: borrowing RequestReader) throws(LDAPDecodingError) {
        let fields = try request.extendedRequest()
        guard try controls(of: request, accepted: []) != nil else {
            return answer(request, .unavailableControl)
        }
        let name = request.bytes(fields.name)
        if name.isEqual(to: OID.Extension.whoAmI) {
            try whoAmI(request, fields)
        } else if name.isEqual(to: OID.Extension.cancel) {
            try cancel(request, fields)
        } else if name.isEqual(to: OID.Extension.startTLS) {
            try startTLS(request, fields)
        } else if name.isEqual(to: OID.Extension.passwordModify) {
            refuseChange(request)
        } else {
            throw .protocolError(request.messageID, "an extended operation that is not supported here")
        }
    }

    /// "Who am I?" (RFC 4532).
    private func whoAmI(
        _ request: borrowing RequestReader, _ fields: ExtendedRequestFields
    ) throws(LDAPDecodingError) {
        guard fields.value == nil else { throw .protocolError(request.messageID, "this operation takes no value") }
        server.counters.succeeded(.extended)
        writeExtendedResponse(
            to: &server.output, messageID: request.messageID, result: .success,
            value: Array(requester.identity.authorizationID.utf8))
    }

    /// Cancel (RFC 3909): the operation is answered with `canceled`, and then this one.
    private func cancel(
        _ request: borrowing RequestReader, _ fields: ExtendedRequestFields
    ) throws(LDAPDecodingError) {
        let target = try request.cancelID(fields.value)
        answer(request, LDAPResult(cancelOutcome(target, request.messageID)))
    }

    private func cancelOutcome(_ target: MessageID?, _ own: MessageID) -> ResultCode {
        guard let target else { return .noSuchOperation }
        let canceled = LDAPResult(.canceled)
        if stopSearch(target, result: canceled) { return .success }
        if let waiting = queue.remove(target) {
            answer(waiting.operation, target, canceled)
            return .success
        }
        // Neither a bind nor a cancel can be cancelled (section 2.1).
        if case .bind(let attempt) = activity, attempt.messageID == target { return .cannotCancel }
        return target == own || queue.contains(target) ? .cannotCancel : .noSuchOperation
    }

    /// Whether an extended request is of this kind.
    func isExtended(_ request: borrowing RequestReader, _ name: String) -> Bool {
        guard let fields = try? request.extendedRequest() else { return false }
        return request.bytes(fields.name).isEqual(to: name)
    }
}

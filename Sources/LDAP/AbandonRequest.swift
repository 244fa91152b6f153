extension RequestReader {
    /// Reads the body of an abandon request (RFC 4511 §4.11): the message ID of the operation to abandon.
    ///
    /// - Returns: nil for a number that no request can have, which is to be discarded like any unknown one.
    /// - Throws: `.malformed` for contents that are no INTEGER.
    public func abandonRequest() throws(LDAPDecodingError) -> MessageID? {
        do {
            return MessageID(try bodyReader().integer(in: body))
        } catch {
            // An abandon is never answered: a number beyond 64 bits is only a strange way to name no operation.
            guard case .protocolError = error else { throw error }
            return nil
        }
    }
}

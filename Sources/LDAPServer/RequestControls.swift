import LDAP
import ReusedMemory

/// What the controls of a request ask for (RFC 4511 section 4.1.11).
struct RequestControls {
    /// RFC 3296: referral entries are to be treated as entries.
    var managesDSAIT = false
    /// RFC 2696.
    var page: PagedResults?

    /// Which controls an operation takes.
    struct Accepted: OptionSet {
        let rawValue: Int
        static let manageDSAIT = Accepted(rawValue: 1)
        static let pagedResults = Accepted(rawValue: 2)
    }

    /// None asked for.
    init() {}

    /// Reads the controls of `request` for an operation that takes those `accepted`.
    ///
    /// - Returns: nil for a critical control that is unknown or not for this operation: it is not to be performed, and
    ///   `unavailableCriticalExtension` is the answer.
    /// - Throws: `.protocolError` for a control given twice or with a value that is not its own.
    init?(
        _ request: borrowing RequestReader, accepted: Accepted, scratch: inout ReusedList<ControlFields>
    ) throws(LDAPDecodingError) {
        guard request.controls != nil else { return }
        try request.readControls(into: &scratch)
        var seen: Accepted = []
        for index in scratch.indices {
            let control = scratch[index]
            let oid = request.bytes(control.oid)
            let kind: Accepted
            if accepted.contains(.pagedResults), oid.isEqual(to: OID.Control.pagedResults) {
                kind = .pagedResults
                guard let value = control.value else {
                    throw .protocolError(request.messageID, "the paged results control without a value")
                }
                page = try PagedResults(decoding: request.bytes(value), messageID: request.messageID)
            } else if accepted.contains(.manageDSAIT), oid.isEqual(to: OID.Control.manageDsaIT) {
                kind = .manageDSAIT
                guard control.value == nil else {
                    throw .protocolError(request.messageID, "the ManageDsaIT control with a value")
                }
                managesDSAIT = true
            } else if control.isCritical {
                return nil
            } else {
                continue
            }
            guard !seen.contains(kind) else { throw .protocolError(request.messageID, "a control given twice") }
            seen.insert(kind)
        }
    }
}

extension Span<UInt8> {
    /// Whether these are the octets of `text`.
    func isEqual(to text: String) -> Bool {
        let other = text.utf8.span
        guard count == other.count else { return false }
        for index in indices where self[index] != other[index] { return false }
        return true
    }

    /// A copy.
    func array() -> [UInt8] {
        [UInt8](capacity: count) { output in
            for index in indices { output.append(self[index]) }
        }
    }
}

import BER
import Directory
import LDAP

/// A search of the server's engine within a command: nobody is asked who wants to know.
enum OfflineSearch {
    /// Calls `body` with each entry and continuation reference.
    static func run(
        _ request: SearchRequest, in view: DirectoryView, _ body: (ProtocolOp) throws -> Void
    ) throws -> SearchOutcome {
        var pdu = BERWriter(capacity: 1 << 12)
        LDAPMessage(1, .searchRequest(request)).encode(into: &pdu)
        let reader = try RequestReader(pdu.bytes)
        var fields = SearchRequestFields()
        var filter = FlatFilter()
        try reader.searchRequest(into: &fields, filter: &filter)
        let task = SearchTask()
        task.start(
            in: view.granted(to: Requester()), request: fields, pdu: pdu.bytes, filter: filter, manageDsaIT: false,
            messageID: 1, limits: SearchLimits(entries: Int(request.sizeLimit)))
        var output = BERWriter(capacity: 1 << 16)
        while true {
            let progress = task.step(into: &output, budget: StepBudget())
            try messages(output.bytes, body)
            output.removeAll()
            if case .finished = progress { return task.outcome }
        }
    }

    private static func messages(_ octets: Span<UInt8>, _ body: (ProtocolOp) throws -> Void) throws {
        var place = 0
        while place < octets.count {
            let rest = octets.extracting(place...)
            guard let length = try nextMessageLength(rest, limit: .max) else { return }
            place += length
            try body(try LDAPMessage(decoding: rest.extracting(0..<length)).operation)
        }
    }
}

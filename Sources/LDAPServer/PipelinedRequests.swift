import BER
import Directory
import LDAP
import ReusedMemory
import Transport

extension LDAPConnection {
    /// Performs the searches, or the comparisons, without controls that `octets` begins with, if there are several: as a batch,
    /// which the index is asked for together.
    ///
    /// - Returns: how many were performed, and the octets that are done with. 0 where the first message is neither, or the only
    ///   one: then nothing was done.
    func performTogether(_ octets: Span<UInt8>) -> (count: Int, taken: Int) {
        performTogether(octets, &server.requests, &server.output)
    }

    private func performTogether(
        _ octets: Span<UInt8>, _ requests: inout RequestScratch, _ output: inout BERWriter
    ) -> (count: Int, taken: Int) {
        let view = granted(server.view())
        beginAll(octets, view, &requests)
        defer {
            requests.searches.removeAll()
            requests.comparisons.removeAll()
        }
        guard requests.messages.count > 1 else { return (0, 0) }
        requests.searches.prefetch()
        requests.comparisons.prefetch(in: view)
        let areSearches = requests.searches.count > 0
        let now = server.reactor.now
        var done = 0
        while done < requests.messages.count, connection.isOpen, !isBusy, !connection.hasPendingOutput {
            let messageID = requests.messages[done].messageID
            if areSearches {
                perform(done, of: &requests.searches, messageID, nil, &output, now: now)
            } else {
                answer(messageID, requests.comparisons.result(done, in: view), &output)
            }
            done += 1
            sendIfMuch(&output)
        }
        server.counters.began(areSearches ? .search : .compare, done)
        return (done, requests.messages[done - 1].end)
    }

    /// Begins requests up to the first message that is of another kind, or is not sound, or has controls.
    private func beginAll(_ octets: Span<UInt8>, _ view: GrantedView, _ requests: inout RequestScratch) {
        var end = 0
        requests.messages.removeAll()
        while !requests.searches.isFull, !requests.comparisons.isFull {
            let rest = octets.extracting(droppingFirst: end)
            // What is wrong with a message is said when its turn comes.
            guard let length = try? nextMessageLength(rest, limit: limits.requestOctets),
                let messageID = try? begin(rest.extracting(first: length), view, &requests)
            else { return }
            end += length
            requests.messages.append(PipelinedMessage(messageID: messageID, end: end))
        }
    }

    private func begin(
        _ pdu: Span<UInt8>, _ view: GrantedView, _ requests: inout RequestScratch
    ) throws(LDAPDecodingError) -> MessageID? {
        let request = try RequestReader(pdu)
        guard request.controls == nil else { return nil }
        switch request.operation {
        case .search where requests.comparisons.count == 0:
            try request.searchRequest(into: &requests.fields, filter: &requests.filter)
            guard !mayBeOfMonitor(request.bytes(requests.fields.base)) else { return nil }
            requests.searches.start(
                in: view, request: requests.fields, pdu: pdu, filter: requests.filter, manageDsaIT: false,
                messageID: request.messageID, limits: searchLimits(requests.fields))
        case .compare where requests.searches.count == 0:
            let fields = try request.compareRequest()
            guard !mayBeOfMonitor(request.bytes(fields.entry)) else { return nil }
            requests.comparisons.start(
                in: view, request: fields, pdu: pdu, manageDsaIT: false)
        default: return nil
        }
        return request.messageID
    }
}

import BER
import Directory
import LDAP
import ReusedMemory
import Transport

extension LDAPConnection {
    /// Performs the searches without controls that `octets` begins with, if there are several: as a batch.
    ///
    /// - Returns: how many were performed, and the octets that are done with. 0 where the first message is no such search, or
    ///   the only one: then nothing was done.
    func searchTogether(_ octets: Span<UInt8>) -> (count: Int, taken: Int) {
        searchTogether(octets, &server.search, &server.output)
    }

    private func searchTogether(
        _ octets: Span<UInt8>, _ scratch: inout SearchScratch, _ output: inout BERWriter
    ) -> (count: Int, taken: Int) {
        begin(octets, &scratch)
        defer { scratch.batch.removeAll() }
        guard scratch.batch.count > 1 else { return (0, 0) }
        scratch.batch.prefetch()
        let now = server.reactor.now
        var done = 0
        while done < scratch.batch.count, connection.isOpen, !isBusy, !connection.hasPendingOutput {
            perform(done, of: &scratch.batch, scratch.messages[done].messageID, nil, &output, now: now)
            done += 1
            sendIfMuch(&output)
        }
        return (done, scratch.messages[done - 1].end)
    }

    /// Begins searches up to the first message that is none, or is not sound, or has controls.
    private func begin(_ octets: Span<UInt8>, _ scratch: inout SearchScratch) {
        let view = server.view()
        var end = 0
        scratch.messages.removeAll()
        while !scratch.batch.isFull {
            let rest = octets.extracting(droppingFirst: end)
            // What is wrong with a message is said when its turn comes.
            guard let length = try? nextMessageLength(rest, limit: maximumMessage),
                let messageID = beginSearch(rest.extracting(first: length), view, &scratch)
            else { return }
            end += length
            scratch.messages.append(BatchedMessage(messageID: messageID, end: end))
        }
    }

    private func beginSearch(_ pdu: Span<UInt8>, _ view: DirectoryView, _ scratch: inout SearchScratch) -> MessageID? {
        do throws(LDAPDecodingError) {
            let request = try RequestReader(pdu)
            guard request.operation == .search, request.controls == nil else { return nil }
            try request.searchRequest(into: &scratch.fields, filter: &scratch.filter)
            scratch.batch.start(
                in: view, request: scratch.fields, pdu: pdu, filter: scratch.filter, identity: identity,
                manageDsaIT: false, messageID: request.messageID, limits: searchLimits(scratch.fields))
            return request.messageID
        } catch {
            return nil
        }
    }
}

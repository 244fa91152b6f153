import Credentials
import Directory
import LDAP
import RandomTesting
import Testing

@testable import LDAPServer

@Test func opensOnlyTheCookiesItSealed() {
    let cookie = PagedSearchCookie(
        generation: .max - 1, position: PagePosition(scope: 1, segment: 2, entry: .max), entries: 7)
    let (key, binding): ([UInt8], [UInt8]) = ([1, 2, 3], [4, 5])
    let sealed = cookie.sealed(with: key, context: binding)
    #expect(sealed.count == PagedSearchCookie.length && sealed.count <= 128)
    #expect(PagedSearchCookie(opening: sealed, key: key, context: binding) == cookie)
    #expect(PagedSearchCookie(opening: sealed, key: [1, 2, 4], context: binding) == nil)
    #expect(PagedSearchCookie(opening: sealed, key: key, context: [4, 6]) == nil)
    for index in sealed.indices {
        for bit in 0..<8 {
            var forged = sealed
            forged[index] ^= 1 << bit
            #expect(PagedSearchCookie(opening: forged, key: key, context: binding) == nil)
        }
    }
    for length in 0..<200 where length != sealed.count {
        #expect(PagedSearchCookie(opening: [UInt8](repeating: 0, count: length), key: key, context: binding) == nil)
    }
}

/// The queue beside an array, in random steps.
@Test func queuesLikeAnArray() {
    let seed = UInt64.random(in: .min ... .max)
    var random = SeededRandom(seed: seed)
    let queue = RequestQueue()
    var model: [(id: Int32, operation: RequestOperation, octets: Int)] = []
    for step in 0..<4_000 {
        let id = Int32.random(in: 1...50, using: &random)
        let messageID = MessageID(rawValue: id) ?? .unsolicited
        switch Int.random(in: 0..<10, using: &random) {
        case 0..<5 where model.count < 300:
            let operation: RequestOperation = Bool.random(using: &random) ? .bind : .search
            let octets = Int.random(in: 0..<20, using: &random)
            model.append((id, operation, octets))
            queue.append(
                QueuedRequest(
                    messageID: messageID, operation: operation,
                    pdu: SecretOctets([UInt8](repeating: 0, count: octets).span)))
        case 0..<8:
            #expect(queue.popFirst()?.messageID.rawValue == model.first?.id, "seed \(seed), step \(step)")
            if !model.isEmpty { model.removeFirst() }
        default:
            let index = model.firstIndex { $0.id == id && $0.operation != .bind }
            #expect((queue.remove(messageID) != nil) == (index != nil), "seed \(seed), step \(step)")
            if let index { model.remove(at: index) }
        }
        #expect(queue.count == model.count && queue.isEmpty == model.isEmpty, "seed \(seed), step \(step)")
        #expect(queue.octets == model.reduce(0) { $0 + $1.octets }, "seed \(seed), step \(step)")
        #expect(queue.contains(messageID) == model.contains { $0.id == id }, "seed \(seed), step \(step)")
    }
}

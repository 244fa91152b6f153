import Credentials
import LDAP

/// A request that waits for the one before it.
struct QueuedRequest {
    let messageID: MessageID
    let operation: RequestOperation
    /// The whole message, which may be a bind with its password.
    let pdu: SecretOctets
}

/// The requests of a connection that wait, first in, first out.
///
/// Its own object, and `count` a plain number, so that every request's question whether others wait before it is one load.
final class RequestQueue {
    private var requests: [QueuedRequest] = []
    private var head = 0
    /// Octets of the requests that wait.
    private(set) var octets = 0

    /// How many they are.
    private(set) var count = 0

    var isEmpty: Bool { count == 0 }

    func append(_ request: QueuedRequest) {
        requests.append(request)
        count += 1
        octets += request.pdu.count
    }

    func popFirst() -> QueuedRequest? {
        guard head < requests.count else { return nil }
        let first = requests[head]
        head += 1
        count -= 1
        octets -= first.pdu.count
        if head == requests.count {
            // Given back, not kept: a connection at rest holds no memory.
            removeAll()
        } else if head >= 64 {
            requests.removeFirst(head)
            head = 0
        }
        return first
    }

    /// Takes out the first request with the identifier `messageID` that may be taken out: a bind may not (RFC 4511 section
    /// 4.11).
    func remove(_ messageID: MessageID) -> QueuedRequest? {
        guard
            let index = requests[head...].firstIndex(where: { $0.messageID == messageID && $0.operation != .bind })
        else { return nil }
        octets -= requests[index].pdu.count
        count -= 1
        return requests.remove(at: index)
    }

    func contains(_ messageID: MessageID) -> Bool { requests[head...].contains { $0.messageID == messageID } }

    func removeAll() {
        requests = []
        head = 0
        count = 0
        octets = 0
    }
}

import BER
import Glibc
import LDAP
import Testing

/// A blocking LDAP client on the loopback, speaking LDAP's value types; what it waits for fails after ten seconds.
final class TestClient {
    private let descriptor: Int32
    /// Kept for as long as its client.
    private let server: TestServer
    private var input: [UInt8] = []
    /// Octets of `input` that were returned as messages.
    private var head = 0
    private var lastID: Int32 = 0

    init(_ server: TestServer, receiveBuffer: Int32? = nil) {
        self.server = server
        descriptor = socket(server.path == nil ? AF_INET : AF_UNIX, 1, 0)
        var limit = timeval(tv_sec: 10, tv_usec: 0)
        _ = unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        _ = unsafe setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var one: Int32 = 1
        _ = unsafe setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, 4)
        if var receiveBuffer { _ = unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &receiveBuffer, 4) }
        if let path = server.path {
            connectLocally(path)
            return
        }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = server.port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let connected = unsafe withUnsafePointer(to: address) {
            unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        precondition(connected == 0, "connect: \(errno)")
    }

    private func connectLocally(_ path: String) {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: path.utf8) }
        let connected = unsafe withUnsafePointer(to: address) {
            unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        precondition(connected == 0, "connect: \(errno)")
    }

    deinit { close(descriptor) }

    /// A message ID that was not used before.
    func nextID() -> MessageID {
        lastID += 1
        return MessageID(rawValue: lastID) ?? .unsolicited
    }

    func send(octets: [UInt8]) {
        var rest = octets[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { unsafe Glibc.send(descriptor, $0.baseAddress, $0.count, 0x4000) }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }

    @discardableResult
    func send(_ operation: ProtocolOp, controls: [Control] = []) -> MessageID {
        let id = nextID()
        send(octets: LDAPMessage(id, operation, controls: controls).encoded)
        return id
    }

    func finishSending() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// The next message; nil where the server has closed.
    func receive() throws -> LDAPMessage? {
        while true {
            if let message = try next(in: input) { return message }
            guard receiveSome() else {
                #expect(input.count == head, "the server closed within a message")
                return nil
            }
        }
    }

    private func next(in input: [UInt8]) throws -> LDAPMessage? {
        let rest = input.span.extracting(droppingFirst: head)
        guard let length = try nextMessageLength(rest, limit: 1 << 30) else { return nil }
        head += length
        return try LDAPMessage(decoding: rest.extracting(first: length))
    }

    private func receiveSome() -> Bool {
        var buffer = [UInt8](repeating: 0, count: 65536)
        let count = unsafe recv(descriptor, &buffer, buffer.count, 0)
        guard count > 0 else { return false }
        input.removeFirst(head)
        head = 0
        input += buffer[..<count]
        return true
    }

    /// Sends one request and returns the one response.
    func perform(_ operation: ProtocolOp, controls: [Control] = []) throws -> LDAPMessage {
        let id = send(operation, controls: controls)
        let response = try #require(try receive())
        #expect(response.messageID == id)
        return response
    }

    func bind(_ name: String, _ password: String, version: Int = 3, controls: [Control] = []) throws -> ResultCode {
        let request = BindRequest(version: version, name: name, authentication: .simple(Array(password.utf8)))
        guard case .bindResponse(let response) = try perform(.bindRequest(request), controls: controls).operation else {
            Issue.record("no bind response")
            return .other
        }
        return response.result.code
    }

    /// One step of a SASL bind.
    func sasl(_ mechanism: String, _ credentials: [UInt8]?) throws -> BindResponse {
        let request = BindRequest(name: "", authentication: .sasl(mechanism: mechanism, credentials: credentials))
        guard case .bindResponse(let response) = try perform(.bindRequest(request)).operation else {
            Issue.record("no bind response")
            return BindResponse(LDAPResult(.other))
        }
        return response
    }

    func whoAmI() throws -> String {
        let response = try perform(.extendedRequest(ExtendedRequest(OID.Extension.whoAmI)))
        guard case .extendedResponse(let response) = response.operation else {
            Issue.record("no extended response")
            return "?"
        }
        #expect(response.result.code == .success)
        return String(decoding: response.value ?? Array("?".utf8), as: UTF8.self)
    }

    /// Everything up to the end of a search: the names, the result and the response's controls.
    func collectSearch() throws -> (names: [String], result: LDAPResult, controls: [Control]) {
        var names: [String] = []
        while let message = try receive() {
            switch message.operation {
            case .searchResultEntry(let entry): names.append(entry.name)
            case .searchResultDone(let result): return (names, result, message.controls)
            default: Issue.record("unexpected \(message.operation.tag)")
            }
        }
        Issue.record("the server closed before the end of the search")
        return (names, LDAPResult(.other), [])
    }

    func search(
        _ request: SearchRequest, controls: [Control] = []
    ) throws -> (names: [String], result: LDAPResult, controls: [Control]) {
        send(.searchRequest(request), controls: controls)
        return try collectSearch()
    }
}

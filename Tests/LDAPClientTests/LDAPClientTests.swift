import Foundation
import Glibc
import LDAP
import LDAPClient
import Testing
import Transport

/// A socket on a free port of the loopback that says one thing to everybody, or nothing.
private final class Answering: Sendable {
    let port: UInt16
    private let descriptor: Int32
    private let isSilent: Bool

    init(_ answer: [UInt8]?) {
        let descriptor = socket(AF_INET, 1, 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        port = unsafe withUnsafeMutablePointer(to: &address) { address in
            unsafe address.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                _ = unsafe bind(descriptor, $0, length)
                _ = listen(descriptor, 64)
                _ = unsafe getsockname(descriptor, $0, &length)
            }
            return unsafe UInt16(bigEndian: address.pointee.sin_port)
        }
        self.descriptor = descriptor
        isSilent = answer == nil
        guard let answer else { return }
        Thread.detachNewThread {
            while true {
                let client = accept(descriptor, nil, nil)
                guard client >= 0 else {
                    // Here and not in `deinit`: until then no other socket may have the same number.
                    close(descriptor)
                    return
                }
                var request = [UInt8](repeating: 0, count: 4096)
                _ = unsafe recv(client, &request, request.count, 0)
                _ = unsafe answer.withUnsafeBytes { unsafe send(client, $0.baseAddress, $0.count, 0x4000) }
                close(client)
            }
        }
    }

    deinit {
        shutdown(descriptor, Int32(SHUT_RDWR))
        if isSilent { close(descriptor) }
    }

    func upstream(timeout: UInt64 = 300) -> Upstream {
        Upstream(host: "127.0.0.1", port: port, security: .none, timeout: timeout)
    }
}

extension LDAPClientError {
    fileprivate var isTimeout: Bool {
        guard case .transport(let error) = self else { return false }
        return error.isTimeout
    }
}

private let password = Array("secret".utf8)

private func bind(_ pool: LDAPClientPool) throws(LDAPClientError) -> ResultCode {
    try pool.withClient { client, deadline throws(LDAPClientError) in
        try client.bind("cn=x", password: password.span, deadline: deadline).code
    }
}

/// What a bind at `server` gives, which stays for as long.
private func verdict(of server: Answering) throws(LDAPClientError) -> ResultCode {
    defer { withExtendedLifetime(server) {} }
    return try bind(LDAPClientPool(server.upstream()))
}

private func answer(_ code: ResultCode, id: Int32 = 1) throws -> [UInt8] {
    LDAPMessage(try #require(MessageID(rawValue: id)), .bindResponse(BindResponse(LDAPResult(code)))).encoded
}

@Test func saysWhatTheServerSaidOfAPassword() throws {
    for code in [ResultCode.success, .invalidCredentials, .busy] {
        #expect(try verdict(of: Answering(try answer(code))) == code)
    }
}

@Test func anEmptyPasswordIsNeverSent_RFC4513_section5_1_2() throws {
    let server = Answering(try answer(.success))
    let client = try LDAPClient(server.upstream(), deadline: monotonicMilliseconds() + 1000)
    let none: [UInt8] = []
    let withoutPassword = try client.bind("cn=x", password: none.span, deadline: 0)
    let withoutName = try client.bind("", password: password.span, deadline: 0)
    #expect(withoutPassword.code == .invalidCredentials && withoutName.code == .invalidCredentials)
}

@Test func aServerThatSaysNothingCostsItsTimeLimitAndNoMore() {
    let start = ContinuousClock.now
    let error = #expect(throws: LDAPClientError.self) { try verdict(of: Answering(nil)) }
    #expect(error?.isTimeout == true)
    #expect(ContinuousClock.now - start < .seconds(3))
}

@Test func aServerThatIsDownIsLeftAlone() {
    let port = Answering(nil).port
    let pool = LDAPClientPool(Upstream(host: "127.0.0.1", port: port, security: .none, timeout: 300))
    for _ in 0..<3 {
        let error = #expect(throws: LDAPClientError.self) { try bind(pool) }
        #expect(error != .suspended)
    }
    for _ in 0..<1000 {
        #expect(throws: LDAPClientError.suspended) { try bind(pool) }
    }
}

@Test func whatIsNoAnswerIsNone() throws {
    let garbage: [[UInt8]] = [
        Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8), [0x30, 0x80], [0x30, 0x84, 0xFF, 0xFF, 0xFF, 0xFF], [],
        try answer(.success, id: 7),
        LDAPMessage(.unsolicited, .extendedResponse(.noticeOfDisconnection(.success))).encoded,
        LDAPMessage(try #require(MessageID(rawValue: 1)), .searchResultDone(.success)).encoded,
    ]
    for octets in garbage {
        let error = #expect(throws: LDAPClientError.self) { try verdict(of: Answering(octets)) }
        #expect(error == .closed || error == .protocolViolation, "\(octets)")
    }
}

import CSystem
import Glibc

/// What a socket gave or took.
public enum IOResult: Sendable, Equatable {
    /// That many octets, at least one.
    case transferred(Int)
    /// Nothing now; epoll tells when to try again.
    case wouldBlock
    /// The peer sends no more.
    case endOfStream
    /// The connection is broken, with this `errno`.
    case failed(Int32)
}

/// A connected stream socket, closed with its owner.
struct Socket: ~Copyable {
    let descriptor: Int32

    init(owning descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }

    /// Gives the descriptor to the caller, who must close it.
    consuming func release() -> Int32 {
        let descriptor = descriptor
        discard self
        return descriptor
    }

    /// The corresponding C function is `recv`, which never blocks here.
    func receive(into buffer: borrowing ReceiveBuffer) -> IOResult {
        Self.receive(descriptor, into: buffer, atMost: .max)
    }

    /// The flag of `receive` for octets that stay to be received again.
    static let peek = CSYSTEM_PEEK_FLAGS

    /// The same for at most `limit` octets of the socket of that descriptor.
    @inline(__always)
    static func receive(
        _ descriptor: Int32, into buffer: borrowing ReceiveBuffer, atMost limit: Int, flags: Int = CSYSTEM_RECEIVE_FLAGS
    ) -> IOResult {
        while true {
            // Safe: the pointer is the buffer's own, which outlives the call, and the count at most its size.
            let count = unsafe recv(
                descriptor, buffer.storage.baseAddress, min(limit, buffer.storage.count), Int32(flags))
            if count > 0 { return .transferred(count) }
            if count == 0 { return .endOfStream }
            switch errno {
            case EINTR: continue
            case EAGAIN: return .wouldBlock
            case let code: return .failed(code)
            }
        }
    }

    /// The corresponding C function is `send`, which never blocks and never signals here.
    func send(_ octets: Span<UInt8>) -> IOResult {
        while true {
            // Safe: pointer and count are of one span.
            let count = unsafe octets.withUnsafeBufferPointer {
                unsafe Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(CSYSTEM_SEND_FLAGS))
            }
            if count >= 0 { return .transferred(count) }
            switch errno {
            case EINTR: continue
            case EAGAIN: return .wouldBlock
            case let code: return .failed(code)
            }
        }
    }

    /// Another descriptor of the same socket, which the caller must close. The corresponding C function is `fcntl`.
    func duplicate() -> Int32? {
        let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
        return copy >= 0 ? copy : nil
    }

    /// Says that nothing more will be sent. The corresponding C function is `shutdown`.
    func finishSending() { _ = shutdown(descriptor, Int32(SHUT_WR)) }
}

/// Sets a socket option to 1. The corresponding C function is `setsockopt`; what it refuses is an improvement lost.
func setOption(_ descriptor: Int32, _ level: Int32, _ option: Int32) {
    var one: Int32 = 1
    // Safe: the size given is the variable's.
    _ = unsafe setsockopt(descriptor, level, option, &one, socklen_t(MemoryLayout<Int32>.size))
}

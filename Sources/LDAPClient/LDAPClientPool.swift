import LDAP
import Synchronization
import Transport

/// Connections to one server, for the threads of a process: kept and used again, bounded, and not tried at all for a while where
/// the server has failed several times running, so that a dead server does not hold every thread for a deadline each.
public final class LDAPClientPool: Sendable {
    /// Failures running after which the server is left alone, and for how long, in milliseconds.
    private static let failuresBeforePause = 3
    private static let pause: UInt64 = 5_000

    private struct State {
        var idle: [Kept] = []
        var used = 0
        var failures = 0
        /// Until when the server is left alone; then one try is let through.
        var pausedUntil: UInt64 = 0
    }

    /// A connection that nobody uses.
    ///
    /// `@unchecked Sendable` because whoever takes it out of the pool is the only one to have it.
    private struct Kept: @unchecked Sendable {
        let client: LDAPClient
    }

    /// The server.
    public let upstream: Upstream
    private let state = Mutex(State())

    /// A pool without connections.
    public init(_ upstream: Upstream) { self.upstream = upstream }

    /// Has `body` use a connection; the deadline it is given is for all that it does. Where a kept connection turns out to be
    /// broken, once more with a new one.
    ///
    /// - Throws: `.suspended` where the server is left alone or all connections are in use, and what `body` throws.
    public func withClient<Result>(
        _ body: (LDAPClient, UInt64) throws(LDAPClientError) -> Result
    ) throws(LDAPClientError) -> Result {
        let deadline = monotonicMilliseconds() + upstream.timeout
        let kept = try begin()
        do throws(LDAPClientError) {
            if let kept {
                do throws(LDAPClientError) {
                    return end(kept, try body(kept, deadline))
                } catch {
                    // It may have been closed since: that says nothing about the server.
                    guard error == .closed || error.isBroken else { throw error }
                }
            }
            let client = try LDAPClient(upstream, deadline: deadline)
            return end(client, try body(client, deadline))
        } catch {
            failed()
            throw error
        }
    }

    private func begin() throws(LDAPClientError) -> LDAPClient? {
        let now = monotonicMilliseconds()
        let (isAllowed, kept) = state.withLock { state -> (Bool, Kept?) in
            guard state.used < upstream.connections, now >= state.pausedUntil else { return (false, nil) }
            // After a pause one try goes ahead; the others wait for what comes of it.
            if state.failures >= Self.failuresBeforePause { state.pausedUntil = now + Self.pause }
            state.used += 1
            return (true, state.idle.popLast())
        }
        guard isAllowed else { throw .suspended }
        guard let client = kept?.client else { return nil }
        return client.isUsable ? client : nil
    }

    private func end<Result>(_ client: LDAPClient, _ result: Result) -> Result {
        let kept = Kept(client: client)
        state.withLock { state in
            state.used -= 1
            state.failures = 0
            state.pausedUntil = 0
            state.idle.append(kept)
        }
        return result
    }

    private func failed() {
        let now = monotonicMilliseconds()
        state.withLock { state in
            state.used -= 1
            state.failures += 1
            if state.failures >= Self.failuresBeforePause {
                state.pausedUntil = now + Self.pause
                state.idle = []
            }
        }
    }
}

extension LDAPClientError {
    /// Whether the connection broke, without its deadline having passed.
    fileprivate var isBroken: Bool {
        guard case .transport(let error) = self else { return false }
        return !error.isTimeout
    }
}

public import Addresses
import Directory
import Schema

/// Which clients a rule is about: all conditions that are given must hold.
public struct ClientSelector: Sendable, Hashable {
    /// What there is to say of who has bound.
    public enum Identity: Sendable, Hashable {
        /// Nobody has.
        case anonymous
        /// Somebody has.
        case authenticated
        /// The entry with this DIT key.
        case entry(key: [UInt8])
        /// That entry, or one below it.
        case subtree(key: [UInt8])
        /// A member of the group with this DIT key.
        case group(key: [UInt8])
    }

    /// Who has bound; nil for anybody and nobody.
    public var identity: Identity?
    /// Where the client is; empty for anywhere.
    public var addresses: [IPPrefix] = []
    /// Whether it must be on this machine: at a Unix socket, or at a loopback address.
    public var isLocal = false
    /// The numbers of the listeners it may have come to; empty for any.
    public var listeners: [Int] = []

    /// Everybody.
    public init() {}

    /// Whoever has bound.
    public static let authenticated = {
        var selector = ClientSelector()
        selector.identity = .authenticated
        return selector
    }()

    /// Whoever is on this machine.
    public static let local = {
        var selector = ClientSelector()
        selector.isLocal = true
        return selector
    }()

    /// Whether a client is one of them.
    func includes(_ requester: Requester, isMember: (_ group: [UInt8]) -> Bool) -> Bool {
        if !listeners.isEmpty, !listeners.contains(requester.listener) { return false }
        if isLocal, requester.address?.isLoopback == false { return false }
        if !addresses.isEmpty {
            guard let address = requester.address, addresses.contains(where: { $0.contains(address) }) else {
                return false
            }
        }
        guard let identity else { return true }
        if requester.identity == .anonymous { return identity == .anonymous }
        switch identity {
        case .anonymous: return false
        case .authenticated: return true
        case .entry(let key): return requester.identity.entryKey == key
        case .subtree(let key):
            return requester.identity.entryKey.map { DITKey.isWithin($0.span, subtreeOf: key.span) } ?? false
        case .group(let key): return requester.identity.entryKey != nil && isMember(key)
        }
    }
}

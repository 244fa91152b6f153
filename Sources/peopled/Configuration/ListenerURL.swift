import Addresses
import CommandLineTools
import Foundation
import Transport

/// A listener's URL, read.
struct ListenerURL: Equatable {
    enum Scheme: String, CaseIterable {
        case ldap, ldaps, ldapi
    }

    let scheme: Scheme
    let address: ListenAddress

    /// - Throws: a `CommandFailure` that says what is expected.
    init(_ url: String) throws(CommandFailure) {
        let parts = url.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let scheme = Scheme(rawValue: parts[0].lowercased()), parts[1].hasPrefix("//") else {
            throw Self.refused(url)
        }
        self.scheme = scheme
        let rest = parts[1].dropFirst(2)
        guard let address = scheme == .ldapi ? Self.file(rest) : Self.network(rest, scheme) else {
            throw Self.refused(url)
        }
        self.address = address
    }

    private static func network(_ text: Substring, _ scheme: Scheme) -> ListenAddress? {
        let authority = String(text.hasSuffix("/") ? text.dropLast() : text)
        guard !authority.contains("/") else { return nil }
        let hasPort = !authority.hasSuffix("]") && authority.contains(":")
        return ListenAddress(hasPort ? authority : "\(authority):\(scheme == .ldaps ? 636 : 389)")
    }

    /// OpenLDAP's clients have the path where other URLs have the host, so its slashes are written %2F; as a path is usual for
    /// listeners, too.
    private static func file(_ text: Substring) -> ListenAddress? {
        var path = String(text)
        if path.lowercased().hasPrefix("%2f"), path.hasSuffix("/") { path.removeLast() }
        guard let path = path.removingPercentEncoding, path.hasPrefix("/"), !path.hasSuffix("/"), !path.contains("\0")
        else { return nil }
        return .file(path: path)
    }

    private static func refused(_ url: String) -> CommandFailure {
        CommandFailure(
            .refusedInput,
            """
            listener \(url): expected ldap://HOST:PORT, as in ldap://127.0.0.1:3389, ldaps://HOST:PORT or ldapi:///PATH, \
            as in ldapi:///run/peopled/ldapi
            """)
    }

    /// The URL by which clients reach `address` under this scheme.
    func text(at address: ListenAddress) -> String {
        switch address {
        case .network: "\(scheme.rawValue)://\(address)"
        case .file(let path): "ldapi://" + path.replacing("%", with: "%25").replacing("/", with: "%2F")
        }
    }
}

extension ListenAddress {
    /// Whether only this machine reaches it. A name counts by what it says: "localhost", and what ends so, is the loopback
    /// (RFC 6761 section 6.3); no host is every address.
    var isLocal: Bool {
        switch self {
        case .file: return true
        case .network(let host, _):
            let name = host.lowercased()
            return IPAddress(host)?.isLoopback ?? (name == "localhost" || name.hasSuffix(".localhost"))
        }
    }
}

import Addresses
import CommandLineTools

extension Configuration {
    /// A place where clients connect.
    struct Listener: Decodable, Sendable, Equatable {
        /// `ldap://HOST:PORT` (an IPv6 address in brackets; port 0 takes a free one), `ldaps://HOST:PORT`,
        /// `ldapi:///PATH` or, with slashes written as %2F, `ldapi://PATH`.
        var url: String
        /// The name under which systemd passes the socket (`FileDescriptorName=`). Where it passes none at all, the URL's
        /// address is bound as usual.
        var socket: String?
        /// The permissions of a Unix socket's file. Who connects is told by the kernel, and the file is as reachable as the
        /// loopback unless it is narrowed.
        var mode: UInt32 = 0o666
        /// The networks of trusted proxies. Where there are any, connections come from them alone, and begin with a PROXY header.
        var proxies: [IPPrefix] = []
        /// When passwords are taken; nil where nothing is said.
        var passwords: PasswordTransport?
        /// Its certificate, and what else is about TLS.
        var security = ListenerTLSSettings()
    }

    /// When a listener takes passwords.
    enum PasswordTransport: String, Decodable, Sendable, CaseIterable {
        /// Where nobody can read along: over TLS and Unix sockets. Otherwise the answer is confidentialityRequired (13), and the
        /// password is not looked at.
        case encrypted
        /// Always: somebody has thought about who can read along.
        case plain
    }
}

extension Configuration.Listener {
    private enum Keys: String, CodingKey, CaseIterable {
        case url, socket, mode, proxies, passwords
        case certificate, key, clientCertificates, clientAuthority, tls
    }

    init(from decoder: any Decoder) throws {
        let values = try decoder.knownKeys(Keys.self)
        url = try values.decode(String.self, forKey: .url)
        socket = try values.decodeIfPresent(String.self, forKey: .socket)
        try values.decode(.passwords, into: &passwords)
        security = try Configuration.ListenerTLSSettings(listener: decoder)
        if let text = try values.decodeIfPresent(String.self, forKey: .mode) {
            guard let bits = UInt32(text, radix: 8), bits <= 0o777 else {
                throw DecodingError.dataCorruptedError(
                    forKey: .mode, in: values,
                    debugDescription: "\"\(text)\" is no file mode; expected one in octal, as in \"0660\"")
            }
            mode = bits
        }
        proxies = try (values.decodeIfPresent([String].self, forKey: .proxies) ?? []).map { text in
            guard let prefix = IPPrefix(text) else {
                throw DecodingError.dataCorruptedError(
                    forKey: .proxies, in: values,
                    debugDescription: "\"\(text)\" is no network; expected an address or a prefix, as in \"10.0.0.0/8\""
                )
            }
            return prefix
        }
    }
}

extension KeyedDecodingContainer {
    /// Decodes one of a few words over its default, where the key is there.
    func decode<Word: RawRepresentable & CaseIterable>(
        _ key: Key, into word: inout Word?
    ) throws where Word.RawValue == String {
        guard let text = try decodeIfPresent(String.self, forKey: key) else { return }
        guard let known = Word(rawValue: text) else {
            let words = Word.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: " or ")
            throw DecodingError.dataCorruptedError(
                forKey: key, in: self, debugDescription: "\"\(text)\" is not known here; expected \(words)")
        }
        word = known
    }
}

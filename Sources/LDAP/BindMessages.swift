import BER

/// A bind request (RFC 4511 §4.2).
public struct BindRequest: Sendable, Equatable {
    /// The protocol version, 3.
    public var version: Int
    /// The name to bind as, an LDAPDN; empty for anonymous and for most of SASL.
    public var name: String
    /// How the client proves it.
    public var authentication: Authentication

    /// The AuthenticationChoice.
    public enum Authentication: Sendable, Equatable {
        /// A password.
        case simple([UInt8])
        /// A SASL mechanism and its credentials.
        case sasl(mechanism: String, credentials: [UInt8]?)
    }

    /// A request of its parts.
    public init(version: Int = 3, name: String, authentication: Authentication) {
        self.version = version
        self.name = name
        self.authentication = authentication
    }

    func encode(into writer: inout BERWriter) {
        writer.integer(Int64(version))
        writer.octetString(name)
        switch authentication {
        case .simple(let password): writer.octetString(password, tag: Tag.simpleAuthentication)
        case .sasl(let mechanism, let credentials):
            let mark = writer.begin(Tag.saslAuthentication)
            writer.octetString(mechanism)
            if let credentials { writer.octetString(credentials) }
            writer.end(mark)
        }
    }

    @_lifetime(body: copy body)
    init(_ body: inout ElementReader) throws(LDAPDecodingError) {
        let version = try body.integer()
        name = try body.string()
        switch try BindRequestFields.Authentication(&body) {
        case .simple(let password): authentication = .simple(body.array(password))
        case .sasl(let mechanism, let credentials):
            authentication = .sasl(
                mechanism: try body.string(mechanism), credentials: credentials.map { body.array($0) })
        case .unknown: throw .protocolError(body.messageID, "an authentication choice that is not defined")
        }
        guard let version = Int(exactly: version), 1...127 ~= version else {
            throw .protocolError(body.messageID, "a protocol version out of range")
        }
        self.version = version
    }
}

/// A bind response (RFC 4511 §4.2.2).
public struct BindResponse: Sendable, Equatable {
    /// How the bind ended, or that it goes on.
    public var result: LDAPResult
    /// What the SASL mechanism's server side says; nil where it says nothing.
    public var serverCredentials: [UInt8]?

    /// A response of its parts.
    public init(_ result: LDAPResult, serverCredentials: [UInt8]? = nil) {
        self.result = result
        self.serverCredentials = serverCredentials
    }

    func encode(into writer: inout BERWriter) {
        result.encode(into: &writer)
        if let serverCredentials { writer.octetString(serverCredentials, tag: Tag.serverSASLCredentials) }
    }

    @_lifetime(body: copy body)
    init(_ body: inout ElementReader) throws(LDAPDecodingError) {
        result = try LDAPResult(&body)
        serverCredentials = try body.optionalArray(Tag.serverSASLCredentials)
    }
}

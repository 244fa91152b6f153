/// Why a SCRAM exchange ended without success.
public struct SCRAMError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The reasons; the raw value is the server-error-value of RFC 5802 section 7.
    public enum Code: String, Sendable {
        /// A message is not what the grammar asks for.
        case invalidEncoding = "invalid-encoding"
        /// A mandatory extension that is not known here: there are none.
        case extensionsNotSupported = "extensions-not-supported"
        /// The password was wrong, or there is no such user: nobody learns which.
        case invalidProof = "invalid-proof"
        /// The client saw another channel than this one: somebody is in between.
        case channelBindingsDontMatch = "channel-bindings-dont-match"
        /// The client was made to believe that this server cannot bind channels.
        case serverDoesSupportChannelBinding = "server-does-support-channel-binding"
        /// The client binds, in an exchange that does not.
        case channelBindingNotSupported = "channel-binding-not-supported"
        /// A type of channel binding that is not known here, or not to be had of this channel.
        case unsupportedChannelBindingType = "unsupported-channel-binding-type"
        /// The name cannot be prepared, or is empty.
        case invalidUsernameEncoding = "invalid-username-encoding"
        /// No random octets were to be had.
        case noResources = "no-resources"
        /// A message at the wrong moment.
        case otherError = "other-error"
    }

    /// Which it was.
    public let code: Code
    /// What was wrong, for the log: never a name, a proof or a key.
    public let description: String

    init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }

    /// The server-final message that says so (RFC 5802 section 7), for protocols in which a failure carries one.
    public var serverFinal: [UInt8] { Array("e=\(code.rawValue)".utf8) }

    /// Equal codes.
    public static func == (left: SCRAMError, right: SCRAMError) -> Bool { left.code == right.code }
}

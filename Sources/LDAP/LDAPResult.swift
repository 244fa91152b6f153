public import BER

/// How an operation ended (RFC 4511 §4.1.9).
public struct LDAPResult: Sendable, Equatable {
    /// The outcome.
    public var code: ResultCode
    /// The name of the last entry that was found on the way to the one asked for; empty where that means nothing.
    public var matchedDN: String
    /// Text for people.
    public var diagnosticMessage: String
    /// Where else to ask, as LDAP URLs; only with `.referral`, and never empty there.
    public var referral: [String]

    /// A result of `code`, with whatever else belongs to it.
    public init(
        _ code: ResultCode, matchedDN: String = "", diagnosticMessage: String = "", referral: [String] = []
    ) {
        self.code = code
        self.matchedDN = matchedDN
        self.diagnosticMessage = diagnosticMessage
        self.referral = referral
    }

    /// Success, with nothing to add.
    public static let success = LDAPResult(.success)

    /// Whether the code is all there is to say.
    var isBare: Bool { matchedDN.isEmpty && diagnosticMessage.isEmpty && referral.isEmpty }

    /// Writes the components, without an element around them: `COMPONENTS OF LDAPResult`.
    public func encode(into writer: inout BERWriter) {
        writer.enumerated(Int64(code.rawValue))
        writer.octetString(matchedDN)
        writer.octetString(diagnosticMessage)
        guard !referral.isEmpty else { return }
        let mark = writer.begin(Tag.referral)
        for url in referral { writer.octetString(url) }
        writer.end(mark)
    }
}

extension LDAPResult {
    @_lifetime(body: copy body)
    init(_ body: inout ElementReader) throws(LDAPDecodingError) {
        guard let code = Int32(exactly: try body.enumerated()) else {
            throw .protocolError(body.messageID, "a result code out of range")
        }
        self.init(ResultCode(rawValue: code))
        matchedDN = try body.string()
        diagnosticMessage = try body.string()
        if body.peekTag() == Tag.referral { referral = try body.strings(Tag.referral) }
    }
}

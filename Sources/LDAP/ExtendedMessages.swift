import BER

/// A request for something that RFC 4511 does not define (§4.12).
public struct ExtendedRequest: Sendable, Equatable {
    /// The operation's object identifier.
    public var name: String
    /// Its value; nil where there is none.
    public var value: [UInt8]?

    /// A request of its parts.
    public init(_ name: String, value: [UInt8]? = nil) {
        self.name = name
        self.value = value
    }

    func encode(into writer: inout BERWriter) {
        writer.octetString(name, tag: Tag.extendedRequestName)
        if let value { writer.octetString(value, tag: Tag.extendedRequestValue) }
    }

    @_lifetime(body: copy body)
    init(_ body: inout ElementReader) throws(LDAPDecodingError) {
        name = try body.string(Tag.extendedRequestName)
        value = try body.optionalArray(Tag.extendedRequestValue)
    }
}

/// The answer to an extended request (RFC 4511 §4.12), or an unsolicited notification (§4.4).
public struct ExtendedResponse: Sendable, Equatable {
    /// How the operation ended.
    public var result: LDAPResult
    /// The response's object identifier, where the operation defines one.
    public var name: String?
    /// Its value; nil where there is none.
    public var value: [UInt8]?

    /// A response of its parts.
    public init(_ result: LDAPResult, name: String? = nil, value: [UInt8]? = nil) {
        self.result = result
        self.name = name
        self.value = value
    }

    /// The notice before the server closes the connection (RFC 4511 §4.4.1).
    public static func noticeOfDisconnection(_ result: LDAPResult) -> ExtendedResponse {
        ExtendedResponse(result, name: OID.Extension.noticeOfDisconnection)
    }

    func encode(into writer: inout BERWriter) {
        result.encode(into: &writer)
        if let name { writer.octetString(name, tag: Tag.extendedResponseName) }
        if let value { writer.octetString(value, tag: Tag.extendedResponseValue) }
    }

    @_lifetime(body: copy body)
    init(_ body: inout ElementReader) throws(LDAPDecodingError) {
        result = try LDAPResult(&body)
        name = try body.optionalString(Tag.extendedResponseName)
        value = try body.optionalArray(Tag.extendedResponseValue)
    }
}

/// Something on the way to the answer of a request whose definition allows it (RFC 4511 §4.13).
public struct IntermediateResponse: Sendable, Equatable {
    /// The response's object identifier; nil where the request says it all.
    public var name: String?
    /// Its value; nil where there is none.
    public var value: [UInt8]?

    /// A response of its parts.
    public init(name: String? = nil, value: [UInt8]? = nil) {
        self.name = name
        self.value = value
    }

    func encode(into writer: inout BERWriter) {
        if let name { writer.octetString(name, tag: Tag.intermediateResponseName) }
        if let value { writer.octetString(value, tag: Tag.intermediateResponseValue) }
    }

    @_lifetime(body: copy body)
    init(_ body: inout ElementReader) throws(LDAPDecodingError) {
        name = try body.optionalString(Tag.intermediateResponseName)
        value = try body.optionalArray(Tag.intermediateResponseValue)
    }
}

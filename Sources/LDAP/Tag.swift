/// Identifier octets of RFC 4511's own types (appendix B).
enum Tag {
    static let simpleAuthentication: UInt8 = 0x80
    static let saslAuthentication: UInt8 = 0xA3
    static let serverSASLCredentials: UInt8 = 0x87
    static let controls: UInt8 = 0xA0
    static let referral: UInt8 = 0xA3
    static let extendedRequestName: UInt8 = 0x80
    static let extendedRequestValue: UInt8 = 0x81
    static let extendedResponseName: UInt8 = 0x8A
    static let extendedResponseValue: UInt8 = 0x8B
    static let intermediateResponseName: UInt8 = 0x80
    static let intermediateResponseValue: UInt8 = 0x81
    static let newSuperior: UInt8 = 0x80

    static let matchingRule: UInt8 = 0x81
    static let matchingType: UInt8 = 0x82
    static let matchValue: UInt8 = 0x83
    static let dnAttributes: UInt8 = 0x84
}

/// Identifier octets of the Filter CHOICE (RFC 4511 §4.5.1).
enum FilterTag {
    static let and: UInt8 = 0xA0
    static let or: UInt8 = 0xA1
    static let not: UInt8 = 0xA2
    static let equality: UInt8 = 0xA3
    static let substrings: UInt8 = 0xA4
    static let greaterOrEqual: UInt8 = 0xA5
    static let lessOrEqual: UInt8 = 0xA6
    static let present: UInt8 = 0x87
    static let approximate: UInt8 = 0xA8
    static let extensible: UInt8 = 0xA9

    static let initialPart: UInt8 = 0x80
    static let anyPart: UInt8 = 0x81
    static let finalPart: UInt8 = 0x82
}

/// The protocolOp a client sends (RFC 4511 §4.2 to §4.14), by its identifier octet.
@frozen
public enum RequestOperation: UInt8, Sendable, CaseIterable {
    /// Bind (§4.2).
    case bind = 0x60
    /// Unbind (§4.3).
    case unbind = 0x42
    /// Search (§4.5).
    case search = 0x63
    /// Modify (§4.6).
    case modify = 0x66
    /// Add (§4.7).
    case add = 0x68
    /// Delete (§4.8).
    case delete = 0x4A
    /// Modify DN (§4.9).
    case modifyDN = 0x6C
    /// Compare (§4.10).
    case compare = 0x6E
    /// Abandon (§4.11).
    case abandon = 0x50
    /// Extended (§4.12).
    case extended = 0x77

    /// The response this request is finished by; nil for unbind and abandon, which have none.
    @inlinable
    public var response: ResponseOperation? {
        switch self {
        case .bind: .bind
        case .search: .searchResultDone
        case .modify: .modify
        case .add: .add
        case .delete: .delete
        case .modifyDN: .modifyDN
        case .compare: .compare
        case .extended: .extended
        case .unbind, .abandon: nil
        }
    }
}

/// The protocolOp a server sends, by its identifier octet.
@frozen
public enum ResponseOperation: UInt8, Sendable, CaseIterable {
    /// BindResponse (§4.2.2).
    case bind = 0x61
    /// SearchResultEntry (§4.5.2).
    case searchResultEntry = 0x64
    /// SearchResultDone (§4.5.2).
    case searchResultDone = 0x65
    /// ModifyResponse (§4.6).
    case modify = 0x67
    /// AddResponse (§4.7).
    case add = 0x69
    /// DelResponse (§4.8).
    case delete = 0x6B
    /// ModifyDNResponse (§4.9).
    case modifyDN = 0x6D
    /// CompareResponse (§4.10).
    case compare = 0x6F
    /// SearchResultReference (§4.5.2).
    case searchResultReference = 0x73
    /// ExtendedResponse (§4.12).
    case extended = 0x78
    /// IntermediateResponse (§4.13).
    case intermediate = 0x79
}

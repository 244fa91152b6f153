/// The outcome of an operation (RFC 4511 §4.1.9 and appendix A; the others as registered with IANA).
@frozen
public struct ResultCode: RawRepresentable, Hashable, Sendable {
    /// The number sent on the wire.
    public let rawValue: Int32

    /// The code `rawValue`, named or not.
    @inlinable
    public init(rawValue: Int32) { self.rawValue = rawValue }

    @inlinable
    init(_ value: Int32) { rawValue = value }

    /// The operation did what it was asked.
    public static let success = ResultCode(0)
    /// The operation is out of order here.
    public static let operationsError = ResultCode(1)
    /// The request is not one the protocol allows.
    public static let protocolError = ResultCode(2)
    /// The time limit was reached.
    public static let timeLimitExceeded = ResultCode(3)
    /// The size limit was reached.
    public static let sizeLimitExceeded = ResultCode(4)
    /// The assertion is false.
    public static let compareFalse = ResultCode(5)
    /// The assertion is true.
    public static let compareTrue = ResultCode(6)
    /// This way to authenticate is not supported.
    public static let authMethodNotSupported = ResultCode(7)
    /// Stronger authentication is needed.
    public static let strongerAuthRequired = ResultCode(8)
    /// Another server has to be asked.
    public static let referral = ResultCode(10)
    /// A limit of the administrator's was reached.
    public static let adminLimitExceeded = ResultCode(11)
    /// A critical control is unknown or does not belong to the operation.
    public static let unavailableCriticalExtension = ResultCode(12)
    /// The connection must be protected first.
    public static let confidentialityRequired = ResultCode(13)
    /// The SASL exchange goes on.
    public static let saslBindInProgress = ResultCode(14)
    /// The entry has no such attribute.
    public static let noSuchAttribute = ResultCode(16)
    /// The schema has no such attribute.
    public static let undefinedAttributeType = ResultCode(17)
    /// The matching rule does not belong to the attribute.
    public static let inappropriateMatching = ResultCode(18)
    /// A value breaks a constraint.
    public static let constraintViolation = ResultCode(19)
    /// The attribute or value is there already.
    public static let attributeOrValueExists = ResultCode(20)
    /// A value is not of the attribute's syntax.
    public static let invalidAttributeSyntax = ResultCode(21)
    /// There is no such entry.
    public static let noSuchObject = ResultCode(32)
    /// An alias names no entry, or may not be followed.
    public static let aliasProblem = ResultCode(33)
    /// A DN is not of the DN syntax.
    public static let invalidDNSyntax = ResultCode(34)
    /// An alias could not be dereferenced.
    public static let aliasDereferencingProblem = ResultCode(36)
    /// The identity has no credentials of the kind that was presented.
    public static let inappropriateAuthentication = ResultCode(48)
    /// The credentials are wrong, or there is no such identity.
    public static let invalidCredentials = ResultCode(49)
    /// The client may not do this.
    public static let insufficientAccessRights = ResultCode(50)
    /// Too much is going on.
    public static let busy = ResultCode(51)
    /// The server is shutting down or not ready.
    public static let unavailable = ResultCode(52)
    /// The server does not do this.
    public static let unwillingToPerform = ResultCode(53)
    /// Aliases or referrals go in a circle.
    public static let loopDetect = ResultCode(54)
    /// A DN would break the structure rules.
    public static let namingViolation = ResultCode(64)
    /// An entry would break its object class.
    public static let objectClassViolation = ResultCode(65)
    /// The entry has entries below it.
    public static let notAllowedOnNonLeaf = ResultCode(66)
    /// The attribute is in the RDN.
    public static let notAllowedOnRDN = ResultCode(67)
    /// There is such an entry already.
    public static let entryAlreadyExists = ResultCode(68)
    /// Structural object classes do not change.
    public static let objectClassModsProhibited = ResultCode(69)
    /// Several servers would be involved.
    public static let affectsMultipleDSAs = ResultCode(71)
    /// Anything else.
    public static let other = ResultCode(80)
    /// The operation was cancelled (RFC 3909).
    public static let canceled = ResultCode(118)
    /// There is no such operation to cancel (RFC 3909).
    public static let noSuchOperation = ResultCode(119)
    /// It is too late to cancel the operation (RFC 3909).
    public static let tooLate = ResultCode(120)
    /// The operation cannot be cancelled (RFC 3909).
    public static let cannotCancel = ResultCode(121)
    /// The assertion does not hold (RFC 4528).
    public static let assertionFailed = ResultCode(122)
    /// The client may not act as that identity (RFC 4370).
    public static let authorizationDenied = ResultCode(123)
    /// The content must be synchronised from the start (RFC 4533).
    public static let syncRefreshRequired = ResultCode(4096)
}

extension ResultCode: CustomStringConvertible {
    /// The name the RFC gives the code, else its number.
    public var description: String { ResultCode.names[rawValue] ?? String(rawValue) }

    private static let names: [Int32: String] = [
        0: "success", 1: "operationsError", 2: "protocolError", 3: "timeLimitExceeded", 4: "sizeLimitExceeded",
        5: "compareFalse", 6: "compareTrue", 7: "authMethodNotSupported", 8: "strongerAuthRequired", 10: "referral",
        11: "adminLimitExceeded", 12: "unavailableCriticalExtension", 13: "confidentialityRequired",
        14: "saslBindInProgress", 16: "noSuchAttribute", 17: "undefinedAttributeType", 18: "inappropriateMatching",
        19: "constraintViolation", 20: "attributeOrValueExists", 21: "invalidAttributeSyntax", 32: "noSuchObject",
        33: "aliasProblem", 34: "invalidDNSyntax", 36: "aliasDereferencingProblem",
        48: "inappropriateAuthentication", 49: "invalidCredentials", 50: "insufficientAccessRights", 51: "busy",
        52: "unavailable", 53: "unwillingToPerform", 54: "loopDetect", 64: "namingViolation",
        65: "objectClassViolation", 66: "notAllowedOnNonLeaf", 67: "notAllowedOnRDN", 68: "entryAlreadyExists",
        69: "objectClassModsProhibited", 71: "affectsMultipleDSAs", 80: "other", 118: "canceled",
        119: "noSuchOperation", 120: "tooLate", 121: "cannotCancel", 122: "assertionFailed",
        123: "authorizationDenied", 4096: "syncRefreshRequired",
    ]
}

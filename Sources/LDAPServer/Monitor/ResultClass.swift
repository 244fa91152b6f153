import LDAP

/// How operations end, for those who watch the server: by whose doing.
enum ResultClass: Int, CaseIterable {
    case success, referral, credentials, access, limit, busy, request, failure

    init(_ code: ResultCode) {
        switch code {
        case .success, .compareTrue, .compareFalse, .saslBindInProgress, .canceled: self = .success
        case .referral: self = .referral
        case .invalidCredentials, .inappropriateAuthentication, .authMethodNotSupported: self = .credentials
        case .insufficientAccessRights, .confidentialityRequired, .strongerAuthRequired, .unwillingToPerform,
            .authorizationDenied:
            self = .access
        case .timeLimitExceeded, .sizeLimitExceeded, .adminLimitExceeded: self = .limit
        case .busy, .unavailable: self = .busy
        case .other: self = .failure
        default: self = .request
        }
    }

    /// Its name under cn=Results.
    var monitorName: String {
        switch self {
        case .success: "Success"
        case .referral: "Referral"
        case .credentials: "Credentials"
        case .access: "Access"
        case .limit: "Limit"
        case .busy: "Busy"
        case .request: "Request"
        case .failure: "Failure"
        }
    }

    /// What it means, for who reads cn=Monitor.
    var explanation: String {
        switch self {
        case .success: "success, compareTrue, compareFalse"
        case .referral: "referral"
        case .credentials: "invalidCredentials, authMethodNotSupported"
        case .access: "insufficientAccessRights, unwillingToPerform and the like"
        case .limit: "sizeLimitExceeded, timeLimitExceeded, adminLimitExceeded"
        case .busy: "busy, unavailable"
        case .request: "a request that cannot be performed: noSuchObject, protocolError, invalidDNSyntax and the like"
        case .failure: "other: the server's own failure"
        }
    }
}

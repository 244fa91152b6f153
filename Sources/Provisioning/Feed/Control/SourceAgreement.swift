import CommonInterface
import Foundation

/// What was agreed with an identity provider by `initialize`, and applied by the snapshot after it. As long as it is what the
/// configuration wants, a restart goes on from where we were.
struct SourceAgreement: Codable, Equatable, Sendable {
    private let serviceProvider: String
    private let update: String
    private let attributes: [String]
    private let subject: String?
    private let rdn: String
    private let objectClasses: [String]
    private let scopes: [String]
    /// Attributes that the provider's policy held back then.
    var withheld: [String] = []

    /// What the configuration wants.
    init(_ settings: IdentityProviderSettings, own: EntityID) {
        serviceProvider = own.text
        update = settings.update.rawValue
        attributes = settings.attributes
        subject = settings.mapping.subject
        rdn = settings.mapping.rdn
        objectClasses = settings.mapping.objectClasses
        scopes = settings.mapping.scopes
    }

    /// Whether both want the same, whatever is held back.
    func isSame(as other: SourceAgreement?) -> Bool {
        guard var other else { return false }
        other.withheld = withheld
        return self == other
    }
}

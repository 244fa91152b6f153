public import CommonInterface

/// Who we are to identity providers.
public struct ServiceProviderIdentity: Sendable, Equatable {
    /// Our name.
    public var entityID: EntityID
    /// PEM files of our certificate and its key.
    public var certificate: String
    /// See `certificate`.
    public var key: String
    /// Where changes may be pushed to, an https URL; nil where nobody can reach us.
    public var listenerURL: String?

    /// An identity.
    public init(entityID: EntityID, certificate: String, key: String, listenerURL: String?) {
        self.entityID = entityID
        self.certificate = certificate
        self.key = key
        self.listenerURL = listenerURL
    }
}

import CommandLineTools
import CommonInterface
import Foundation

extension Configuration {
    /// `serviceProvider`: who we are to identity providers.
    struct ServiceProvider: Decodable, Sendable {
        var entityID: EntityID
        /// Our certificate and its key, PEM. Identity providers know the key.
        var certificate: String
        var key: String
        /// Where pushes are taken: `https://HOST:PORT`; nil: nowhere.
        var listener: String?
        /// By which URL identity providers reach that, where it is another.
        var listenerURL: String?
    }

    /// An entry of `identityProviders`.
    struct IdentityProvider: Decodable, Sendable {
        var entityID: EntityID
        /// Where its calls are.
        var endpoint: String
        /// SHA-256 of its public keys, several while it changes from one to the next.
        var keys: [String] = []
        /// PEM files of its certificates, of which the keys count.
        var certificates: [String] = []
        /// "snapshot", "changelog" or "subscription".
        var update = "subscription"
        /// How often something is asked for: "15m".
        var every = "15m"
        var attributes: [String] = []
        var subject: String?
        var rdn: String?
        var objectClasses: [String]?
        var scopes: [String] = []
        var brake = Brake()
    }

    /// `brake`: what a delivery may remove without being looked at.
    struct Brake: Decodable, Sendable {
        var percent = 10
        var people = 20

        init() {}
    }
}

extension Configuration.ServiceProvider {
    private enum Keys: String, CodingKey, CaseIterable { case entityID, certificate, key, listener, listenerURL }

    init(from decoder: any Decoder) throws {
        let values = try decoder.knownKeys(Keys.self)
        entityID = try values.decode(EntityID.self, forKey: .entityID)
        certificate = decoder.path(try values.decode(String.self, forKey: .certificate))
        key = decoder.path(try values.decode(String.self, forKey: .key))
        listener = try values.decodeIfPresent(String.self, forKey: .listener)
        listenerURL = try values.decodeIfPresent(String.self, forKey: .listenerURL)
    }
}

extension Configuration.IdentityProvider {
    private enum Keys: String, CodingKey, CaseIterable {
        case entityID, endpoint, keys, certificates, update, every, attributes, subject, rdn, objectClasses, scopes,
            brake
    }

    init(from decoder: any Decoder) throws {
        let values = try decoder.knownKeys(Keys.self)
        entityID = try values.decode(EntityID.self, forKey: .entityID)
        endpoint = try values.decode(String.self, forKey: .endpoint)
        try values.decode(.keys, into: &keys)
        try values.decode(.certificates, into: &certificates)
        certificates = certificates.map { decoder.path($0) }
        try values.decode(.update, into: &update)
        try values.decode(.every, into: &every)
        try values.decode(.attributes, into: &attributes)
        subject = try values.decodeIfPresent(String.self, forKey: .subject)
        rdn = try values.decodeIfPresent(String.self, forKey: .rdn)
        objectClasses = try values.decodeIfPresent([String].self, forKey: .objectClasses)
        try values.decode(.scopes, into: &scopes)
        try values.decode(.brake, into: &brake)
    }
}

extension Configuration.Brake {
    private enum Keys: String, CodingKey, CaseIterable { case percent, people }

    init(from decoder: any Decoder) throws {
        let values = try decoder.knownKeys(Keys.self)
        try values.decode(.percent, into: &percent, within: 0...100)
        try values.decode(.people, into: &people, within: 0...1_000_000_000)
    }
}

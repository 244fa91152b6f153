import CommandLineTools
import CommonInterface
import Provisioning
import Schema
import Transport

/// What the configuration says of the feed, checked: what `serve` would refuse, `check` refuses by making this.
struct FeedSettings {
    let own: Configuration.ServiceProvider
    let providers: [IdentityProviderSettings]
    /// Whose key is whose.
    let keys: RegisteredKeys
    /// Where pushes are taken; nil where nobody pushes.
    let listener: ListenAddress?
    /// By which URL identity providers reach that.
    let listenerURL: String?
    /// How connections there are secured.
    let tls: TLSContext
    /// What is to be said although all is in order.
    let warnings: [String]

    /// Nil where no identity provider is configured.
    ///
    /// - Throws: a `CommandFailure` that names the key and what was expected there.
    init?(_ configuration: Configuration, schema: Schema) throws(CommandFailure) {
        guard !configuration.identityProviders.isEmpty else {
            // What is of no use yet is checked nevertheless.
            if let own = configuration.serviceProvider { _ = try Self.context(own) }
            return nil
        }
        guard let own = configuration.serviceProvider else {
            throw Self.refused(
                "serviceProvider",
                "it is missing: identity providers have to know us. Write { entityID: \"https://…\", certificate: \"sp.crt\", "
                    + "key: \"sp.key\" }; 'peopled keys' makes the two files")
        }
        self.own = own
        tls = try Self.context(own)
        listener = try own.listener.map { (url) throws(CommandFailure) in try Self.address(url) }
        listenerURL = own.listenerURL ?? own.listener
        if let listenerURL, CommonInterface.ListenerURL(listenerURL) == nil {
            throw Self.refused("serviceProvider.listenerURL", "expected https://HOST:PORT/, found \(listenerURL)")
        }
        var (providers, keys, warnings): ([IdentityProviderSettings], RegisteredKeys, [String]) = ([], .init(), [])
        for (index, provider) in configuration.identityProviders.enumerated() {
            let key = "identityProviders[\(index)]"
            let settings = try provider.settings(key, schema: schema)
            guard !providers.contains(where: { $0.entityID == settings.entityID }), settings.entityID != own.entityID
            else { throw Self.refused("\(key).entityID", "\(settings.entityID) stands here twice; each needs its own") }
            guard settings.update != .subscription || listener != nil else {
                throw Self.refused(
                    "\(key).update",
                    "a subscription is pushed to us: serviceProvider needs listener: \"https://HOST:PORT\", or write "
                        + "update: \"changelog\"")
            }
            for pin in settings.keys {
                do throws(KeyConflict) { try keys.register(pin, of: settings.entityID) } catch {
                    throw Self.refused("\(key).keys", error.description)
                }
            }
            warnings += settings.attributes.filter { !schema.hasAttribute($0) }.map {
                "\(key).attributes: the schema has no attribute \($0); it is served as text. A schema file can tell more of it"
            }
            providers.append(settings)
        }
        (self.providers, self.keys, self.warnings) = (providers, keys, warnings)
    }

    /// TLS in which each side knows the other by its key.
    private static func context(_ own: Configuration.ServiceProvider) throws(CommandFailure) -> TLSContext {
        var settings = TLSContext.Settings(certificate: own.certificate, key: own.key)
        settings.takesAnyCertificate = true
        do throws(TLSConfigurationError) { return try TLSContext(settings) } catch {
            throw refused("serviceProvider", "\(error.description); 'peopled keys' makes a certificate and its key")
        }
    }

    private static func address(_ url: String) throws(CommandFailure) -> ListenAddress {
        guard let read = CommonInterface.ListenerURL(url), read.target == "/" else {
            throw refused("serviceProvider.listener", "expected https://HOST:PORT, found \(url)")
        }
        return ListenAddress(host: read.host, port: read.port)
    }

    private static func refused(_ key: String, _ reason: String) -> CommandFailure {
        CommandFailure(.refusedInput, "\(key): \(reason)")
    }
}

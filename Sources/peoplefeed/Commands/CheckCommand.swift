import CommandLineTools
import IdentityProvider
import Transport

/// `peoplefeed check`: the configuration and all that it names, and the registry as it would be read.
enum CheckCommand: Command {
    static let name = "check"
    static let usage = "check --config FILE"
    static let summary = "verify the configuration, its certificate and key, its policies, and the registry"
    static let discussion = """
        Reads the configuration, the schema files, certificate and key it names, and goes through the whole registry as serve
        would. It changes nothing and may run beside a server.
        """
    static let options = Site.options
    static let examples = ["peoplefeed check --config Config/peoplefeed.json5"]

    static func run(_ arguments: Arguments) throws -> ExitStatus {
        try arguments.refusePositionals(of: name)
        let site = try Site(arguments)
        _ = try FeedDaemon.tls(site.configuration)
        var people = 0
        let registry = LDIFRegistry(path: site.configuration.registry.ldif, normalizer: site.normalizer)
        try registry.readAll { (_) throws(IdentityProviderError) in people += 1 }
        for provider in site.providers where provider.keys.isEmpty {
            try StandardOutput.write("warning: \(provider.entityID) has no key, and cannot connect\n")
        }
        try StandardOutput.write("\(people) people, \(site.providers.count) service providers: all is well\n")
        return .success
    }
}

import CommandLineTools
import CommonInterface
import Foundation
import Provisioning
import Schema
import Testing
import Transport
import TransportTesting

@testable import peopled

/// `serviceProvider` and `identityProviders`: what is taken, and what is refused in which words.
@Suite struct FeedSettingsTests {
    /// Made once: tests run side by side.
    private static let authority = Result {
        let authority = try TestAuthority()
        for name in ["sp", "idp"] {
            try authority.openssl([
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj",
                "/CN=\(name)", "-keyout", "\(name).key", "-out", "\(name).crt",
            ])
        }
        return authority
    }
    private static let pin = "sha256:" + String(repeating: "ab", count: 32)
    private let folder: String

    init() throws { folder = try Self.authority.get().folder }

    private func settings(_ provider: String, own: String? = nil, more: String = "") throws -> FeedSettings? {
        let own =
            own ?? "{ entityID: 'https://sp', certificate: 'sp.crt', key: 'sp.key', listener: 'https://127.0.0.1:9' }"
        let file = folder + "/\(UUID().uuidString).json5"
        try "{ serviceProvider: \(own), identityProviders: [ \(provider) ], \(more) }"
            .write(toFile: file, atomically: true, encoding: .utf8)
        let configuration = try Configuration(file: file)
        return try FeedSettings(configuration, schema: .builtIn)
    }

    private func refusal(_ provider: String, own: String? = nil) -> String {
        do {
            _ = try settings(provider, own: own)
            return "taken"
        } catch { return (error as? CommandFailure)?.message ?? "\(error)" }
    }

    @Test func theLeastThatWorksHasTheDefaults() throws {
        let feed = try #require(
            try settings("{ entityID: 'https://idp', endpoint: 'https://idp:8443', keys: ['\(Self.pin)'] }"))
        let provider = try #require(feed.providers.first)
        #expect(provider.endpoint == "https://idp:8443/" && provider.update == .subscription)
        #expect(provider.interval == 900 && provider.mapping == PersonMapping() && provider.brake == RemovalBrake())
        #expect(feed.listener?.description == "127.0.0.1:9" && feed.listenerURL == "https://127.0.0.1:9")
        #expect(feed.keys.owner(of: provider.keys[0]) == provider.entityID && feed.warnings.isEmpty)
    }

    @Test func everyKeyIsTaken() throws {
        let feed = try #require(
            try settings(
                """
                { entityID: 'https://idp', endpoint: 'https://idp/feed/', certificates: ['idp.crt'], update: 'changelog',
                  every: '2h', attributes: ['mail', 'urn:oid:2.5.4.3', 'campusBadge'], subject: 'uid', rdn: 'cn',
                  objectClasses: ['inetOrgPerson'], scopes: ['example.edu'], brake: { percent: 5, people: 100 } }
                """))
        let provider = try #require(feed.providers.first)
        #expect(provider.endpoint == "https://idp/feed/" && provider.update == .changelog && provider.interval == 7200)
        #expect(provider.keys.count == 1 && provider.mapping.subject == "uid" && provider.mapping.rdn == "cn")
        #expect(provider.mapping.objectClasses == ["inetOrgPerson"] && provider.mapping.scopes == ["example.edu"])
        #expect(provider.brake.percent == 5 && provider.brake.people == 100)
        #expect(feed.warnings.count == 1 && feed.warnings[0].contains("campusBadge"))
    }

    @Test func withoutIdentityProvidersThereIsNoFeed() throws { #expect(try settings("") == nil) }

    @Test(arguments: [
        ("endpoint: 'http://idp'", "identityProviders[0].endpoint: expected an https URL"),
        ("endpoint: 'https://idp?x'", "identityProviders[0].endpoint: expected an https URL"),
        (
            "update: 'often'",
            "identityProviders[0].update: expected one of snapshot, changelog, subscription, found often"
        ),
        ("every: '15'", "identityProviders[0].every: expected a time"),
        ("every: '0s'", "identityProviders[0].every: expected a time"),
        ("every: '32d'", "identityProviders[0].every: expected a time"),
        ("keys: ['sha256:12']", "identityProviders[0].keys[0]: expected \"sha256:\" and 64"),
        ("keys: []", "identityProviders[0]: it has no key"),
        ("certificates: ['none.crt']", "identityProviders[0].certificates[0]: cannot read the certificate"),
        ("certificates: ['sp.key']", "identityProviders[0].certificates[0]: the certificate"),
        ("rdn: 'uuid'", "identityProviders[0].rdn: the schema has no attribute uuid"),
        ("subject: 'nobody'", "identityProviders[0].subject: the schema has no attribute nobody"),
        ("attributes: ['a b']", "identityProviders[0].attributes[0]: \"a b\" is no attribute"),
        ("objectClasses: ['persona']", "identityProviders[0].objectClasses: the schema has no class persona"),
        ("objectClasses: ['top']", "identityProviders[0].objectClasses: expected a structural class"),
        ("scopes: ['@example.edu']", "identityProviders[0].scopes[0]: expected what stands behind the @"),
        ("brake: { percent: 101 }", "identityProviders[0].brake.percent: 101 is not within 0 to 100"),
        ("brake: { persons: 1 }", "identityProviders[0].brake: unknown key \"persons\""),
        ("entityID: 'https://sp'", "identityProviders[0].entityID: https://sp stands here twice"),
        ("entityID: 'idp'", "identityProviders[0].entityID: expected an entityID"),
    ])
    func refusesAndSaysWhatToWrite(_ wrong: String, _ words: String) {
        var keys = ["entityID: 'https://idp'", "endpoint: 'https://idp'", "keys: ['\(Self.pin)']"]
        keys.removeAll { $0.prefix { $0 != ":" } == wrong.prefix { $0 != ":" } }
        let found = refusal("{ \((keys + [wrong]).joined(separator: ", ")) }")
        #expect(found.contains(words), "\(found)")
    }

    @Test func oneKeyOfTwoProvidersIsRefused() {
        let found = refusal(
            """
            { entityID: 'https://one', endpoint: 'https://one', keys: ['\(Self.pin)'] },
            { entityID: 'https://two', endpoint: 'https://two', keys: ['\(Self.pin)'] }
            """)
        #expect(found.contains("https://one and https://two have the same key"), "\(found)")
    }

    @Test(arguments: [
        ("{ entityID: 'https://sp', certificate: 'sp.crt', key: 'sp.key' }", "serviceProvider needs listener"),
        (
            "{ entityID: 'https://sp', certificate: 'sp.crt', key: 'idp.key', listener: 'https://a:1' }",
            "serviceProvider: the key"
        ),
        (
            "{ entityID: 'https://sp', certificate: 'no.crt', key: 'sp.key', listener: 'https://a:1' }",
            "'peopled keys' makes a certificate and its key"
        ),
        (
            "{ entityID: 'https://sp', certificate: 'sp.crt', key: 'sp.key', listener: 'ldaps://a:1' }",
            "serviceProvider.listener: expected https://HOST:PORT"
        ),
        ("null", "serviceProvider: it is missing"),
    ])
    func refusesWhoWeAre(_ own: String, _ words: String) {
        let found = refusal("{ entityID: 'https://idp', endpoint: 'https://idp', keys: ['\(Self.pin)'] }", own: own)
        #expect(found.contains(words), "\(found)")
    }
}

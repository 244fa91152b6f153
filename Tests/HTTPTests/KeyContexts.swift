import HTTP
import Transport
import TransportTesting

extension KeyIdentity {
    /// For a server that knows clients by their keys.
    func serverContext(_ configure: (inout TLSContext.Settings) -> Void = { _ in }) throws -> TLSContext {
        var settings = TLSContext.Settings(certificate: certificate, key: key)
        settings.takesAnyCertificate = true
        configure(&settings)
        return try TLSContext(settings)
    }

    /// For a client that knows servers by their keys, and has this one.
    static func clientContext(
        _ identity: KeyIdentity?, pins: [KeyIdentity], _ verification: TLSClientContext.Verification = .pinnedKey
    ) throws -> TLSClientContext {
        var settings = TLSClientContext.Settings()
        settings.certificate = identity?.certificate
        settings.key = identity?.key
        settings.pinnedPublicKeys = pins.map(\.fingerprint)
        settings.verification = verification
        return try TLSClientContext(settings)
    }

    static func httpClient(
        _ identity: KeyIdentity?, pins: [KeyIdentity], _ verification: TLSClientContext.Verification = .pinnedKey
    ) throws -> HTTPClient {
        var settings = HTTPClient.Settings()
        settings.tls = try clientContext(identity, pins: pins, verification)
        return HTTPClient(settings)
    }
}

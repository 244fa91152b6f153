import Administration
import CommandLineTools

/// The server that runs with a site's configuration, for commands that ask it.
struct ServerOfSite {
    static let options: [OptionSpecification] = [
        .value("--config", "FILE", "the configuration that the server runs with"),
        .value("--data", "DIR", "its data directory, over the configuration's"),
        .value("--socket", "PATH", "its admin socket, over the configuration's"),
    ]

    private let client: AdminClient

    init(_ arguments: Arguments) throws {
        if let path = arguments.value("--socket") {
            client = AdminClient(path: path)
            return
        }
        var configuration = try arguments.value("--config").map { try Configuration(file: $0) } ?? Configuration()
        if let data = arguments.value("--data") { configuration.data = data }
        client = AdminClient(path: configuration.adminSocket)
    }

    /// Asks, and reads the answer.
    ///
    /// - Throws: a `CommandFailure`.
    func ask<Value: Decodable>(
        _ type: Value.Type, _ method: AdminRoute.Method, _ target: String, body: [UInt8]? = nil
    ) throws(CommandFailure) -> Value {
        do throws(AdminClientError) {
            return try client.value(type, method, target, body: body)
        } catch { throw CommandFailure(error) }
    }

    /// Asks, and returns the answer's octets.
    ///
    /// - Throws: a `CommandFailure`.
    func octets(_ method: AdminRoute.Method, _ target: String) throws(CommandFailure) -> [UInt8] {
        do throws(AdminClientError) {
            return try client.call(method, target).body
        } catch { throw CommandFailure(error) }
    }
}

extension CommandFailure {
    fileprivate init(_ error: AdminClientError) {
        switch error.kind {
        case .notRunning:
            self.init(
                .notRunning,
                "\(error.description); it runs while 'peopled serve' does, with a configuration that names identityProviders "
                    + "or admin: { socket }. Name that configuration by --config, or the socket by --socket")
        case .refused, .notAllowed: self.init(.refusedInput, error.description)
        case .busy, .broken: self.init(.inputOutput, error.description)
        }
    }
}

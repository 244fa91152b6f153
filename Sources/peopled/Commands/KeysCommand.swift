import CommandLineTools
import CommonInterface
import Transport

/// `peopled keys`: a key and a certificate for the feed.
enum KeysCommand: Command {
    static let name = "keys"
    static let usage = "keys DIR --name HOST"
    static let summary = "make the key and the certificate by which identity providers know this server"
    static let discussion = """
        Makes DIR/sp.key, a private key on the curve P-256 that its owner alone may read, and DIR/sp.crt, a certificate that it has
        signed itself, for HOST: the name or address by which identity providers reach this machine. Files that are there are
        never overwritten. Prints the key's pin, which is no secret, and what to write into both configurations. The key
        counts, and not the certificate: nobody has to vouch for it, and its end (in ten years) ends nothing.
        """
    static let options: [OptionSpecification] = [.value("--name", "HOST", "as in people.example.edu")]
    static let examples = ["peopled keys /etc/peopled/tls --name people.example.edu"]

    static func run(_ arguments: Arguments) throws -> ExitStatus {
        guard arguments.positionals.count == 1, let directory = arguments.positionals.first,
            let host = arguments.value("--name")
        else { throw CommandFailure(.usage, "keys needs a directory and --name HOST; peopled keys --help") }
        let files = try SelfSignedFiles.make(in: directory, name: "sp", host: host)
        let pin = KeyPin(digest: files.fingerprint)?.description ?? ""
        let address = host.contains(":") ? "[\(host)]" : host
        try StandardOutput.write(
            """
            \(files.key): the private key, for this machine alone
            \(files.certificate): its certificate
            \(pin)

            In this server's configuration (paths are relative to it):
              serviceProvider: {
                entityID: "https://\(address)/people", certificate: "\(files.certificate)", key: "\(files.key)",
                listener: "https://\(address):8444",
              },
            In the identity provider's, under serviceProviders:
              { entityID: "https://\(address)/people", keys: ["\(pin)"] },

            """)
        return .success
    }
}

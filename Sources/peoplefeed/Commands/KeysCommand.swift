import CommandLineTools
import CommonInterface
import Transport

/// `peoplefeed keys`: a key and a certificate for the feed.
enum KeysCommand: Command {
    static let name = "keys"
    static let usage = "keys DIR --name HOST"
    static let summary = "make the key and the certificate by which service providers know this agent"
    static let discussion = """
        Makes DIR/idp.key, a private key on the curve P-256 that its owner alone may read, and DIR/idp.crt, a certificate that it
        has signed itself, for HOST: the name or address by which service providers reach this machine. Files that are there are
        never overwritten. Prints the key's pin, which is no secret, and what to write into both configurations. The key
        counts, and not the certificate: nobody has to vouch for it, and its end (in ten years) ends nothing.
        """
    static let options: [OptionSpecification] = [.value("--name", "HOST", "as in idp.example.edu")]
    static let examples = ["peoplefeed keys /etc/peoplefeed/tls --name idp.example.edu"]

    static func run(_ arguments: Arguments) throws -> ExitStatus {
        guard arguments.positionals.count == 1, let directory = arguments.positionals.first,
            let host = arguments.value("--name")
        else { throw CommandFailure(.usage, "keys needs a directory and --name HOST; peoplefeed keys --help") }
        let files = try SelfSignedFiles.make(in: directory, name: "idp", host: host)
        let pin = KeyPin(digest: files.fingerprint)?.description ?? ""
        let address = host.contains(":") ? "[\(host)]" : host
        try StandardOutput.write(
            """
            \(files.key): the private key, for this machine alone
            \(files.certificate): its certificate
            \(pin)

            In this agent's configuration (paths are relative to it):
              entityID: "https://\(address)/idp", listener: "https://\(address):8443",
              certificate: "\(files.certificate)", key: "\(files.key)",
            In peopled's, under identityProviders:
              { entityID: "https://\(address)/idp", endpoint: "https://\(address):8443", keys: ["\(pin)"] },

            """)
        return .success
    }
}

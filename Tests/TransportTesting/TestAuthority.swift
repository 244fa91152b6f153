import Foundation

/// A certificate authority of a test's own, in a temporary folder that goes with it. Made with the openssl command, so that what
/// is tested is not what makes the certificates.
public final class TestAuthority: Sendable {
    /// The openssl command failed, and said this.
    public struct Failed: Error { let output: String }

    /// Where its files are.
    public let folder: String

    /// The authority's certificate.
    public var certificate: String { folder + "/ca.crt" }

    /// A new authority.
    public init() throws {
        folder = NSTemporaryDirectory() + "peopled-tls-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try write("", to: "index.txt")
        try write("1000\n", to: "serial")
        try write(Self.configuration, to: "ca.cnf")
        try openssl([
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "3650", "-subj",
            "/CN=Test Authority", "-keyout", "ca.key", "-out", "ca.crt", "-addext", "keyUsage=keyCertSign,cRLSign",
        ])
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    private static let configuration = """
        [ca]
        default_ca = test
        [test]
        new_certs_dir = .
        database = index.txt
        serial = serial
        default_md = sha256
        policy = any
        unique_subject = no
        copy_extensions = copyall
        certificate = ca.crt
        private_key = ca.key
        [any]
        organizationName = optional
        commonName = supplied
        domainComponent = optional
        emailAddress = optional
        """

    /// A certificate and its key, by their paths.
    public struct Identity: Sendable {
        /// Of the certificate.
        public let certificate: String
        /// Of the key.
        public let key: String
    }

    /// Issues a certificate. `begin` and `end` are days from now.
    @discardableResult
    public func issue(
        _ name: String, subject: String? = nil, names: String = "DNS:localhost,IP:127.0.0.1", begin: Int = -1,
        end: Int = 365,
        keyType: [String] = ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
    ) throws -> Identity {
        try openssl(
            ["req", "-new", "-newkey"] + keyType + [
                "-nodes", "-utf8", "-subj", subject ?? "/CN=\(name)", "-keyout", "\(name).key", "-out", "\(name).csr",
                "-addext", "subjectAltName=\(names)",
            ])
        try openssl([
            "ca", "-batch", "-config", "ca.cnf", "-notext", "-in", "\(name).csr", "-out", "\(name).crt", "-startdate",
            Self.time(begin), "-enddate", Self.time(end),
        ])
        return Identity(certificate: "\(folder)/\(name).crt", key: "\(folder)/\(name).key")
    }

    /// Writes a file into the folder.
    public func write(_ text: String, to name: String) throws {
        try text.write(toFile: folder + "/" + name, atomically: true, encoding: .utf8)
    }

    private static func time(_ days: Int) -> String {
        let format = DateFormatter()
        format.locale = Locale(identifier: "en_US_POSIX")
        format.timeZone = TimeZone(identifier: "UTC")
        format.dateFormat = "yyyyMMddHHmmss'Z'"
        return format.string(from: Date(timeIntervalSinceNow: Double(days) * 86_400))
    }

    /// Runs the openssl command in the folder.
    @discardableResult
    public func openssl(_ arguments: [String]) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
        process.arguments = arguments
        process.currentDirectoryURL = URL(fileURLWithPath: folder)
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failed(output: output) }
        return output
    }
}

import CommandLineTools
import Credentials
import Foundation
import Testing

@testable import peopled

@Suite struct SecretTests {
    private struct Holder: Decodable {
        let secret: Secret
    }

    private let folder = FileManager.default.temporaryDirectory.appending(
        path: "peopled-\(UUID().uuidString)", directoryHint: .isDirectory)

    init() throws { try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true) }

    private func decode(_ text: String) throws -> Secret {
        let decoder = JSONDecoder()
        decoder.allowsJSON5 = true
        if let key = CodingUserInfoKey.configurationFolder { decoder.userInfo[key] = folder }
        return try decoder.decode(Holder.self, from: Data("{ secret: \(text) }".utf8)).secret
    }

    private func file(_ text: String, mode: Int) throws -> String {
        let path = folder.appending(path: "secret").path
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
        return path
    }

    private func text(_ secret: SecretOctets) -> String {
        secret.withOctets { octets in
            var text: [UInt8] = []
            for index in octets.indices { text.append(octets[index]) }
            return String(decoding: text, as: UTF8.self)
        }
    }

    @Test(arguments: [
        ("s3cret\n", "s3cret"), ("s3cret\r\n", "s3cret"), ("two\nlines\n\n", "two\nlines\n"), (" x ", " x "),
    ])
    func readsAPrivateFileWithoutItsLastLineEnd(contents: String, secret: String) throws {
        _ = try file(contents, mode: 0o600)
        #expect(text(try decode("{ file: 'secret' }").read("key")) == secret)
    }

    @Test(arguments: [0o640, 0o604, 0o644, 0o660, 0o610, 0o601, 0o620])
    func refusesAFileThatOthersMayUse(mode: Int) throws {
        let path = try file("s3cret", mode: mode)
        let failure = #expect(throws: CommandFailure.self) {
            try decode("{ file: 'secret' }").read("accounts[0].password")
        }
        let octal = String(mode, radix: 8)
        #expect(
            failure?.message
                == "accounts[0].password: others may read the secret in \(path) (mode \(octal)); run: chmod 600 \(path)"
        )
    }

    @Test func refusesWhatIsNoSecret() throws {
        #expect(throws: CommandFailure.self) { try Secret(.file(folder.path)).read("key") }
        #expect(throws: CommandFailure.self) { try Secret(.file("/dev/null")).read("key") }
        #expect(throws: CommandFailure.self) { try Secret(.file(folder.path + "/none")).read("key") }
        #expect(throws: CommandFailure.self) { try Secret(.environment("PEOPLED_NO_SUCH_VARIABLE")).read("key") }
        _ = try file("\n", mode: 0o600)
        #expect(throws: CommandFailure.self) { try decode("{ file: 'secret' }").read("key") }
        _ = try file(String(repeating: "x", count: Secret.maximumLength + 1), mode: 0o600)
        #expect(throws: CommandFailure.self) { try decode("{ file: 'secret' }").read("key") }
    }

    @Test func readsTheEnvironment() throws {
        #expect(text(try decode("{ environment: 'PATH' }").read("key")) == ProcessInfo.processInfo.environment["PATH"])
    }

    @Test(arguments: ["'in clear'", "{}", "{ file: 'a', environment: 'B' }", "{ fil: 'a' }", "3"])
    func isWrittenNowhereElse(text: String) {
        #expect(throws: DecodingError.self) { try decode(text) }
    }
}

import CommandLineTools
import Credentials
import Foundation

/// A secret that the configuration names and does not hold: `{ file: "path" }` or `{ environment: "NAME" }`.
///
/// A file is for its owner alone: one that others may read, or replace, is refused. The line's end that editors put behind a
/// secret is no part of it.
struct Secret: Decodable, Sendable, Equatable {
    enum Place: Sendable, Equatable {
        /// Absolute: a relative one is relative to the configuration file.
        case file(String)
        case environment(String)
    }

    let place: Place

    /// Octets of a secret at most.
    static let maximumLength = 64 * 1024

    private enum Keys: String, CodingKey, CaseIterable { case file, environment }

    init(_ place: Place) { self.place = place }

    init(from decoder: any Decoder) throws {
        guard (try? decoder.singleValueContainer().decode(String.self)) == nil else {
            throw Self.error(
                decoder, "a secret is not written here; expected { file: \"path\" } or { environment: \"NAME\" }")
        }
        let values = try decoder.knownKeys(Keys.self)
        let file = try values.decodeIfPresent(String.self, forKey: .file)
        let environment = try values.decodeIfPresent(String.self, forKey: .environment)
        switch (file, environment) {
        case (let file?, nil): place = .file(decoder.path(file))
        case (nil, let name?): place = .environment(name)
        default: throw Self.error(decoder, "expected one of { file: \"path\" } and { environment: \"NAME\" }")
        }
    }

    private static func error(_ decoder: any Decoder, _ text: String) -> DecodingError {
        .dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: text))
    }

    /// Reads the secret, which is wiped where it was read and, once nobody refers to it any more, where it is returned.
    ///
    /// - Parameter key: the configuration's key, for the message.
    /// - Throws: a `CommandFailure` that says what is wrong with the file or the variable, and what puts it right.
    func read(_ key: String) throws(CommandFailure) -> SecretOctets {
        var octets: [UInt8]
        switch place {
        case .file(let path): octets = try PrivateFile.read(path, limit: Self.maximumLength, key)
        case .environment(let name):
            guard let text = ProcessInfo.processInfo.environment[name] else {
                throw CommandFailure(.refusedInput, "\(key): the environment has no variable \(name)")
            }
            octets = Array(text.utf8)
        }
        if octets.last == 0x0A { octets.removeLast() }
        if octets.last == 0x0D { octets.removeLast() }
        guard !octets.isEmpty else { throw CommandFailure(.refusedInput, "\(key): \(source) is empty") }
        return SecretOctets(taking: &octets)
    }

    private var source: String {
        switch place {
        case .file(let path): "the file \(path)"
        case .environment(let name): "the variable \(name)"
        }
    }
}

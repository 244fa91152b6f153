/// `admin`: where commands reach the server that runs, and who may use it.
package struct AdminSettings: Decodable, Sendable {
    /// The socket's path; nil: `admin.socket` in the data directory.
    package var socket: String?
    /// A group whose members may ask, beside root and the server's own user.
    package var group: String?

    private enum Keys: String, CodingKey, CaseIterable { case socket, group }

    package init() {}

    package init(from decoder: any Decoder) throws {
        let values = try decoder.knownKeys(Keys.self)
        socket = try values.decodeIfPresent(String.self, forKey: .socket).map { decoder.path($0) }
        group = try values.decodeIfPresent(String.self, forKey: .group)
    }
}

import CommandLineTools
import Foundation

extension Configuration {
    /// Reads a JSON5 file. Paths in it become relative to its own folder.
    ///
    /// - Throws: a `CommandFailure` that names the file, the key and what was expected.
    init(file path: String) throws {
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
        self = try ConfigurationText.read(Configuration.self, from: path)
        self.data = Self.resolve(self.data, in: folder)
        schema = schema.map { Self.resolve($0, in: folder) }
        for index in listeners.indices {
            listeners[index].security.resolvePaths { Self.resolve($0, in: folder) }
        }
    }

    private static func resolve(_ path: String, in folder: URL) -> String {
        URL(fileURLWithPath: path, relativeTo: folder).path
    }
}

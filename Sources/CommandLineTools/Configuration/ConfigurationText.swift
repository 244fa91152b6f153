import Foundation

/// Configuration files in JSON5, decoded strictly.
package enum ConfigurationText {
    /// Reads a file.
    ///
    /// - Throws: a `CommandFailure` that names the file, the place or the key, and what was expected.
    package static func read<Settings: Decodable>(_: Settings.Type, from path: String) throws -> Settings {
        let data: Data
        do {
            data = try Data(contentsOf: URL(fileURLWithPath: path))
        } catch {
            throw CommandFailure(.inputOutput, "cannot read the configuration \(path): \(Self.reason(error))")
        }
        let decoder = JSONDecoder()
        decoder.allowsJSON5 = true
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
        if let key = CodingUserInfoKey.configurationFolder { decoder.userInfo[key] = folder }
        do {
            return try decoder.decode(Settings.self, from: data)
        } catch let error as DecodingError {
            let mistake = JSON5Location(of: Array(data))
            let place = mistake.map { "\(path):\($0.line):\($0.column)" } ?? path
            throw CommandFailure(.refusedInput, "\(place): \(mistake?.expected ?? Self.explain(error))")
        }
    }

    private static func reason(_ error: any Error) -> String {
        let underlying = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError
        return underlying.map { $0.localizedDescription } ?? error.localizedDescription
    }

    private static func explain(_ error: DecodingError) -> String {
        switch error {
        case .dataCorrupted(let context):
            return place(context.codingPath) + context.debugDescription
        case .typeMismatch(let type, let context):
            return place(context.codingPath) + "expected \(name(of: type))"
        case .valueNotFound(let type, let context):
            return place(context.codingPath) + "expected \(name(of: type)), found null"
        case .keyNotFound(let key, let context):
            return place(context.codingPath) + "\"\(key.stringValue)\" is missing"
        @unknown default:
            return "not a configuration: \(error)"
        }
    }

    /// `listeners[0].url: `, empty at the top.
    private static func place(_ path: [any CodingKey]) -> String {
        var text = ""
        for key in path {
            if let index = key.intValue {
                text += "[\(index)]"
            } else {
                text += (text.isEmpty ? "" : ".") + key.stringValue
            }
        }
        return text.isEmpty ? "" : text + ": "
    }

    private static func name(of type: any Any.Type) -> String {
        switch type {
        case is String.Type: "a string"
        case is Int.Type: "a whole number"
        case is [String].Type: "a list of strings"
        default: type is any Sequence.Type ? "a list" : "an object"
        }
    }
}

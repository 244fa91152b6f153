/// `log`: what is logged, and how it is written.
package struct LogSettings: Decodable, Sendable {
    /// error, warning, info or debug.
    package var level = "info"
    /// text or json.
    package var format = "text"

    private enum Keys: String, CodingKey, CaseIterable { case level, format }

    package init() {}

    package init(from decoder: any Decoder) throws {
        let values = try decoder.knownKeys(Keys.self)
        try values.decode(.level, into: &level)
        try values.decode(.format, into: &format)
    }
}

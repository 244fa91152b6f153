import CommandLineTools
import Credentials

extension Configuration {
    /// `binds.defaultScheme`: what most of the site's passwords are stored in, so that a bind as nobody takes as long as one as
    /// somebody. A scheme's name, or one and its cost.
    struct DefaultSchemeSettings: Decodable, Sendable {
        /// As `peopled password hash --scheme` takes it.
        var scheme: String
        /// In the scheme's own unit; nil for its default.
        var cost: Int?
    }
}

extension Configuration.DefaultSchemeSettings {
    private enum Keys: String, CodingKey, CaseIterable { case scheme, cost }

    init(from decoder: any Decoder) throws {
        if let name = try? decoder.singleValueContainer().decode(String.self) {
            (scheme, cost) = (name, nil)
            return
        }
        let values = try decoder.knownKeys(Keys.self)
        scheme = try values.decode(String.self, forKey: .scheme)
        cost = try values.decodeIfPresent(Int.self, forKey: .cost)
    }

    /// - Throws: a `CommandFailure` that names the key and what was expected there.
    func checked() throws(CommandFailure) -> (scheme: PasswordScheme, cost: Int?) {
        let names = PasswordScheme.allCases.map(\.rawValue)
        guard let known = PasswordScheme(name: scheme) else {
            let hint = nearestName(to: scheme, among: names).map { "did you mean \"\($0)\"?" }
            let all = "known here: \(names.joined(separator: ", "))"
            throw CommandFailure(.refusedInput, "binds.defaultScheme: there is no \"\(scheme)\"; \(hint ?? all)")
        }
        if let cost, !known.costs.contains(cost) {
            throw CommandFailure(.refusedInput, "binds.defaultScheme: \(PasswordHashingError.cost(known))")
        }
        return (known, cost)
    }
}

extension Configuration.BindSettings {
    /// What verifies passwords, with the site's default scheme for its decoy where the configuration names one.
    func passwordVerifier() throws -> PasswordVerifier {
        guard let (scheme, cost) = try defaultScheme?.checked() else { return PasswordVerifier() }
        return try PasswordVerifier(defaultScheme: scheme, cost: cost)
    }
}

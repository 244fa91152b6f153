import CommandLineTools
import CommonInterface
import HTTP
import Provisioning
import Schema
import Transport

extension Configuration.IdentityProvider {
    /// The settings, checked.
    ///
    /// - Parameter key: where they stand, for the message.
    /// - Throws: a `CommandFailure` that names the key and says what to write.
    func settings(_ key: String, schema: Schema) throws(CommandFailure) -> IdentityProviderSettings {
        guard let url = HTTPURL(endpoint), url.isSecure, !url.target.contains("?") else {
            throw Self.refused(
                "\(key).endpoint", "expected an https URL, as in https://idp.example.edu:8443, found \(endpoint)")
        }
        guard let update = IdentityProviderSettings.Update(rawValue: update) else {
            let known = IdentityProviderSettings.Update.allCases.map(\.rawValue).joined(separator: ", ")
            throw Self.refused("\(key).update", "expected one of \(known), found \(self.update)")
        }
        guard let interval = ConfiguredDuration.seconds(every) else {
            throw Self.refused(
                "\(key).every",
                "expected a time of 1s to 31d, as in \"30s\", \"15m\", \"2h\" or \"1d\", found \"\(every)\"")
        }
        for (index, name) in attributes.enumerated() where !Self.isDescriptor(name.withoutURN) {
            throw Self.refused(
                "\(key).attributes[\(index)]", "\"\(name)\" is no attribute; expected a name or an OID, as in \"mail\"")
        }
        var settings = IdentityProviderSettings(
            entityID: entityID, endpoint: endpoint.hasSuffix("/") ? endpoint : endpoint + "/",
            keys: try pins(key), update: update, interval: interval, attributes: attributes,
            mapping: try mapping(key, schema: schema))
        settings.brake.percent = brake.percent
        settings.brake.people = brake.people
        return settings
    }

    private func pins(_ key: String) throws(CommandFailure) -> [KeyPin] {
        var pins: [KeyPin] = []
        for (index, text) in keys.enumerated() {
            guard let pin = KeyPin(text) else {
                throw Self.refused(
                    "\(key).keys[\(index)]",
                    "expected \"sha256:\" and 64 hexadecimal digits, as 'peoplefeed keys' shows them")
            }
            pins.append(pin)
        }
        for (index, path) in certificates.enumerated() {
            do throws(TLSConfigurationError) {
                guard let pin = KeyPin(digest: try CertificateFile.publicKeyFingerprint(path)) else { continue }
                pins.append(pin)
            } catch {
                throw Self.refused("\(key).certificates[\(index)]", error.description)
            }
        }
        guard !pins.isEmpty else {
            throw Self.refused(
                key, "it has no key, so nobody could be it: write keys: [\"sha256:…\"], or certificates: [\"idp.crt\"]")
        }
        return pins
    }

    private func mapping(_ key: String, schema: Schema) throws(CommandFailure) -> PersonMapping {
        var mapping = PersonMapping()
        mapping.subject = subject
        mapping.scopes = scopes
        if let rdn { mapping.rdn = rdn }
        if let objectClasses { mapping.objectClasses = objectClasses }
        for (name, value) in [("subject", subject), ("rdn", mapping.rdn)] {
            guard let value else { continue }
            guard let type = schema.attributeType(value.withoutURN) else {
                throw Self.refused("\(key).\(name)", "the schema has no attribute \(value)")
            }
            guard type.equality != nil else {
                throw Self.refused("\(key).\(name)", "values of \(value) cannot be compared, so they name nobody")
            }
        }
        for name in mapping.objectClasses where schema.objectClass(name) == nil {
            throw Self.refused("\(key).objectClasses", "the schema has no class \(name)")
        }
        guard mapping.objectClasses.contains(where: { schema.objectClass($0)?.kind == .structural }) else {
            throw Self.refused("\(key).objectClasses", "expected a structural class among them, as in inetOrgPerson")
        }
        for (index, scope) in scopes.enumerated() where scope.isEmpty || scope.contains(where: { "@ */".contains($0) })
        {
            throw Self.refused(
                "\(key).scopes[\(index)]",
                "expected what stands behind the @, as in \"example.edu\", found \"\(scope)\"")
        }
        return mapping
    }

    /// RFC 4512 section 1.4: a short name or a numeric OID.
    private static func isDescriptor(_ name: String) -> Bool {
        guard let first = name.utf8.first else { return false }
        func isDigit(_ octet: UInt8) -> Bool { octet &- 0x30 < 10 }
        func isLetter(_ octet: UInt8) -> Bool { (octet | 0x20) &- 0x61 < 26 }
        if isDigit(first) {
            return name.utf8.allSatisfy { isDigit($0) || $0 == UInt8(ascii: ".") } && name.contains(".")
        }
        return isLetter(first) && name.utf8.allSatisfy { isLetter($0) || isDigit($0) || $0 == UInt8(ascii: "-") }
    }

    private static func refused(_ key: String, _ reason: String) -> CommandFailure {
        CommandFailure(.refusedInput, "\(key): \(reason)")
    }
}

extension Schema {
    /// Whether it has an attribute with this name, OID or "urn:oid:" and OID.
    func hasAttribute(_ name: String) -> Bool { attributeType(name.withoutURN) != nil }
}

extension String {
    /// The OID of "urn:oid:" and an OID (RFC 3061), and any other text as it is.
    fileprivate var withoutURN: String {
        lowercased().hasPrefix("urn:oid:") ? String(dropFirst("urn:oid:".count)) : self
    }
}

extension LDAPURL {
    /// Reads a URL (RFC 4516 §2, RFC 3986). Names of schemes and scopes are taken in any case.
    public init(parsing text: String) throws(LDAPURLError) {
        guard text.utf8.count <= Limits.filterTextBytes else { throw LDAPURLError(reason: "a shorter URL is expected") }
        // RFC 3986 §2: what is not ASCII is percent-encoded.
        guard text.utf8.allSatisfy({ 0x21...0x7E ~= $0 }) else {
            throw LDAPURLError(
                reason: "percent-encoding is expected in place of spaces and other characters than ASCII's")
        }
        guard let colon = text.firstIndex(of: ":"),
            let scheme = Scheme(rawValue: text[..<colon].lowercased()), text[colon...].hasPrefix("://")
        else { throw LDAPURLError(reason: "ldap://, ldaps:// or ldapi:// is expected at the start") }
        self.init(scheme: scheme)

        // Neither part of the authority has a "/" or "?" that is not percent-encoded.
        let rest = text[text.index(colon, offsetBy: 3)...]
        let authorityEnd = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
        try readAuthority(rest[..<authorityEnd])
        guard authorityEnd < rest.endIndex else { return }
        guard rest[authorityEnd] == "/" else { throw LDAPURLError(reason: "'/' is expected before the DN") }
        try readFields(rest[rest.index(after: authorityEnd)...])
    }

    private mutating func readAuthority(_ authority: Substring) throws(LDAPURLError) {
        guard scheme != .ldapi else {
            host = try LDAPURL.decode(authority)
            return
        }
        var portText: Substring?
        if authority.hasPrefix("[") {
            guard let bracket = authority.firstIndex(of: "]") else {
                throw LDAPURLError(reason: "']' is expected after an IPv6 address")
            }
            host = String(authority[authority.index(after: authority.startIndex)..<bracket])
            let rest = authority[authority.index(after: bracket)...]
            guard rest.isEmpty || rest.hasPrefix(":") else {
                throw LDAPURLError(reason: "':' and a port are expected after an IPv6 address")
            }
            portText = rest.isEmpty ? nil : rest.dropFirst()
        } else if let colon = authority.firstIndex(of: ":") {
            host = try LDAPURL.decode(authority[..<colon])
            portText = authority[authority.index(after: colon)...]
        } else {
            host = try LDAPURL.decode(authority)
        }
        guard let portText else { return }
        guard portText.utf8.allSatisfy({ 0x30...0x39 ~= $0 }), let port = UInt16(portText), port > 0 else {
            throw LDAPURLError(reason: "a port from 1 to 65535 is expected after ':'")
        }
        self.port = port
    }

    private mutating func readFields(_ text: Substring) throws(LDAPURLError) {
        let fields = text.split(separator: "?", omittingEmptySubsequences: false)
        guard fields.count <= 5 else { throw LDAPURLError(reason: "at most four '?' are expected") }
        dn = try LDAPURL.decode(fields[0])
        if fields.count > 1, !fields[1].isEmpty {
            attributes = try fields[1].split(separator: ",", omittingEmptySubsequences: false)
                .map { attribute throws(LDAPURLError) in
                    let name = try LDAPURL.decode(attribute)
                    guard !name.isEmpty else { throw LDAPURLError(reason: "an attribute is expected") }
                    return name
                }
        }
        if fields.count > 2, !fields[2].isEmpty { scope = try LDAPURL.scope(fields[2]) }
        if fields.count > 3, !fields[3].isEmpty { filter = try LDAPURL.filter(fields[3]) }
        if fields.count > 4, !fields[4].isEmpty {
            extensions = try fields[4].split(separator: ",", omittingEmptySubsequences: false)
                .map(LDAPURL.extension)
        }
    }

    private static func scope(_ text: Substring) throws(LDAPURLError) -> SearchScope {
        let name = text.lowercased()
        if let scope = SearchScope.allCases.first(where: { $0.urlName == name }) { return scope }
        guard name == "children" else { throw LDAPURLError(reason: "the scope base, one or sub is expected") }
        return .subordinate
    }

    private static func filter(_ text: Substring) throws(LDAPURLError) -> Filter {
        let decoded = try decode(text)
        do {
            return try Filter(parsing: decoded)
        } catch {
            throw LDAPURLError(reason: "a filter is expected: \(error)")
        }
    }

    private static func `extension`(_ text: Substring) throws(LDAPURLError) -> Extension {
        let isCritical = text.hasPrefix("!")
        let body = isCritical ? text.dropFirst() : text
        let equals = body.firstIndex(of: "=")
        let type = try decode(body[..<(equals ?? body.endIndex)])
        guard !type.isEmpty else { throw LDAPURLError(reason: "the name of an extension is expected") }
        let value = try equals.map { index throws(LDAPURLError) in try decode(body[body.index(after: index)...]) }
        return Extension(type, value: value, isCritical: isCritical)
    }

    /// Undoes percent-encoding (RFC 3986 §2.1); what comes out must be UTF-8.
    private static func decode(_ text: Substring) throws(LDAPURLError) -> String {
        var decoded: [UInt8] = []
        var octets = text.utf8.makeIterator()
        while let byte = octets.next() {
            guard byte == UInt8(ascii: "%") else {
                decoded.append(byte)
                continue
            }
            guard let high = octets.next().flatMap(hexDigit), let low = octets.next().flatMap(hexDigit) else {
                throw LDAPURLError(reason: "two hexadecimal digits are expected after '%'")
            }
            decoded.append(high << 4 | low)
        }
        guard let text = String(validating: decoded, as: UTF8.self) else {
            throw LDAPURLError(reason: "UTF-8 is expected behind the percent-encoding")
        }
        return text
    }
}

extension LDAPURL: CustomStringConvertible {
    /// The URL, with no more fields than it needs; it parses back to the same.
    public var description: String {
        var text = scheme.rawValue + "://" + authority
        var fields = [LDAPURL.encode(dn, besides: ",=+")]
        fields.append(attributes.map { LDAPURL.encode($0, besides: ";*+@") }.joined(separator: ","))
        fields.append(scope?.urlName ?? "")
        fields.append(filter.map { LDAPURL.encode($0.description, besides: "()&|!=*<>:;,@") } ?? "")
        fields.append(extensions.map(\.text).joined(separator: ","))
        while fields.count > 1, fields.last == "" { fields.removeLast() }
        if fields != [""] { text += "/" + fields.joined(separator: "?") }
        return text
    }

    private var authority: String {
        guard scheme != .ldapi else { return LDAPURL.encode(host, besides: "") }
        let name = host.contains(":") ? "[\(host)]" : LDAPURL.encode(host, besides: "")
        return name + (port.map { ":\($0)" } ?? "")
    }

    /// Percent-encodes all but RFC 3986's unreserved characters and `allowed`.
    fileprivate static func encode(_ text: String, besides allowed: String) -> String {
        var encoded = ""
        for byte in text.utf8 {
            let scalar = Unicode.Scalar(byte)
            let character = Character(scalar)
            if byte < 0x80,
                character.isLetter || character.isNumber || "-._~".contains(character)
                    || allowed.contains(character)
            {
                encoded.append(character)
            } else {
                let digits = String(byte, radix: 16, uppercase: true)
                encoded += "%" + (digits.count == 1 ? "0" : "") + digits
            }
        }
        return encoded
    }
}

extension LDAPURL.Extension {
    fileprivate var text: String {
        let value = value.map { "=" + LDAPURL.encode($0, besides: "=") } ?? ""
        return (isCritical ? "!" : "") + LDAPURL.encode(type, besides: "") + value
    }
}

/// The parsers that strangers' octets reach, and what each must keep to on any input.
///
/// `Interop/fuzz` feeds them inputs that coverage leads to; `FuzzTests` feeds them the seeds and the findings that are kept.
public enum FuzzTarget: String, CaseIterable, Sendable {
    /// The BER reader.
    case ber
    /// LDAP messages, as a server and as a client read them.
    case ldap
    /// The text of filters and LDAP URLs.
    case filter
    /// Distinguished names.
    case dn
    /// LDIF files.
    case ldif
    /// Changelogs of identity providers.
    case changelog
    /// Headers of the PROXY protocol.
    case proxy
    /// HTTP messages, as a server and as a client read them.
    case http
    /// The segment reader, behind right checksums.
    case segment
    /// SCRAM messages, and stored passwords and keys.
    case credentials

    /// Tries one input. It may be refused; what is accepted must hold together.
    ///
    /// - Throws: `FuzzFinding`, when it does not. A trap is a finding too.
    public func run(_ input: [UInt8]) throws {
        switch self {
        case .ber: try fuzzBER(input)
        case .ldap: try fuzzMessage(input)
        case .filter: try fuzzFilterText(input)
        case .dn: try fuzzDistinguishedName(input)
        case .ldif: try fuzzLDIF(input)
        case .changelog: try fuzzChangelog(input)
        case .proxy: try fuzzProxyHeader(input)
        case .http: try fuzzHTTP(input)
        case .segment: try fuzzSegment(input)
        case .credentials: try fuzzCredentials(input)
        }
    }
}

/// A property that an input broke.
public struct FuzzFinding: Error, CustomStringConvertible {
    /// Which one.
    public let description: String
}

/// Demands a property.
func demand(_ holds: Bool, _ property: String) throws(FuzzFinding) {
    guard holds else { throw FuzzFinding(description: property) }
}

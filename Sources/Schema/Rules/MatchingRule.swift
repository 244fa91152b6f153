/// A matching rule: when two values are the same, which comes first, or which holds which (RFC 4517 section 4).
///
/// A rule turns values into *keys*, octets that can be compared without the schema: two values match when their keys are
/// equal, and where there is an ordering rule, values are ordered as the octets of their keys.
public final class MatchingRule: Sendable {
    /// What the rule decides (RFC 4512 section 4.1.3).
    public enum Use: Sendable {
        /// Whether a value equals the assertion.
        case equality
        /// Whether a value is less than the assertion.
        case ordering
        /// Whether a value holds the parts of a substring assertion.
        case substrings
        /// Another relation of a value to the assertion, asked for by extensible filters only.
        case relation
    }

    /// Where a substring assertion's part has to be in the value.
    public enum SubstringPosition: Sendable {
        /// At the value's start.
        case initial
        /// Anywhere after the part before it.
        case any
        /// At the value's end.
        case final
    }

    /// The numeric OID.
    public let oid: String
    /// The short name.
    public let name: String
    /// The OID of the assertion's syntax.
    public let assertionSyntax: String
    /// What the rule decides.
    public let use: Use
    let normalization: Normalization
    let relation: ValueRelation

    init(
        _ oid: String, _ name: String, _ use: Use, _ normalization: Normalization, syntax: String,
        relation: ValueRelation = .equal
    ) {
        self.oid = oid
        self.name = name
        self.use = use
        self.normalization = normalization
        assertionSyntax = syntax
        self.relation = relation
    }

    /// Whether the keys of two rules are made alike, so that a key of one may be compared with a key of the other.
    public func sharesKeys(with other: MatchingRule) -> Bool { normalization == other.normalization }

    /// Appends the key of a value, or of an assertion of the rule's assertion syntax.
    ///
    /// - Throws: what was expected and where, if the octets are neither. What was appended by then is taken back.
    public func appendKey(
        of value: Span<UInt8>, in schema: Schema, to key: inout [UInt8]
    ) throws(SyntaxError) {
        let start = key.count
        do {
            try normalization.append(value, in: schema, prohibiting: true, to: &key)
        } catch {
            key.removeSubrange(start...)
            throw error
        }
    }

    /// Appends the key of a stored value.
    ///
    /// As `appendKey`, but code points that RFC 4518 section 2.4 prohibits stay in the key instead of making the value
    /// one without a key: no assertion can hold them, so such a value never equals one, and it can still be stored,
    /// sorted, and found by its other parts.
    public func appendStoredKey(
        of value: Span<UInt8>, in schema: Schema, to key: inout [UInt8]
    ) throws(SyntaxError) {
        let start = key.count
        do {
            try normalization.append(value, in: schema, prohibiting: false, to: &key)
        } catch {
            key.removeSubrange(start...)
            throw error
        }
    }

    /// Appends the key of one part of a substring assertion, to be looked for inside the keys of values.
    ///
    /// - Throws: if the part cannot be one of the rule's assertions, or the rule's values have no parts.
    public func appendSubstringKey(
        of part: Span<UInt8>, position: SubstringPosition, to key: inout [UInt8]
    ) throws(SyntaxError) {
        let start = key.count
        do {
            try normalization.appendSubstring(part, position: position, to: &key)
        } catch {
            key.removeSubrange(start...)
            throw error
        }
    }

    /// Whether a value matches an assertion in an extensible filter, by their keys.
    ///
    /// An ordering rule matches values that are less than the assertion (X.520, and RFC 4517 section 4.2.2).
    public func matches(valueKey: Span<UInt8>, assertionKey: Span<UInt8>) -> Bool {
        relation.holds(valueKey, assertionKey)
    }

    /// The rule's description (RFC 4512 section 4.1.3), as `matchingRules` publishes it.
    public var text: String {
        var writer = DefinitionWriter(oid: oid)
        writer.names([name])
        writer.word("SYNTAX", assertionSyntax)
        return writer.finished()
    }
}

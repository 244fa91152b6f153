/// A search filter as a value (RFC 4511 §4.5.1): for clients, tools and tests. A server uses `FlatFilter`.
///
/// What a filter can express and BER cannot decode into it (a substrings assertion without parts, say) does not exist here.
public indirect enum Filter: Sendable, Equatable {
    /// All of them; none at all is true (RFC 4526).
    case and([Filter])
    /// Any of them; none at all is false (RFC 4526).
    case or([Filter])
    /// Not that one.
    case not(Filter)
    /// A value equal to the asserted one.
    case equality(String, [UInt8])
    /// A value with the asserted parts.
    case substrings(String, Substrings)
    /// A value not less than the asserted one.
    case greaterOrEqual(String, [UInt8])
    /// A value not greater than the asserted one.
    case lessOrEqual(String, [UInt8])
    /// Any value.
    case present(String)
    /// A value about equal to the asserted one.
    case approximate(String, [UInt8])
    /// A matching rule, an attribute or both.
    case extensible(MatchingRuleAssertion)

    /// The parts of a substrings assertion; at least one of them, none empty.
    public struct Substrings: Sendable, Equatable {
        /// What the value starts with.
        public var initial: [UInt8]?
        /// What comes after, in order and without overlap.
        public var any: [[UInt8]]
        /// What the value ends with.
        public var final: [UInt8]?

        /// An assertion of its parts.
        public init(initial: [UInt8]? = nil, any: [[UInt8]] = [], final: [UInt8]? = nil) {
            self.initial = initial
            self.any = any
            self.final = final
        }
    }

    /// MatchingRuleAssertion (RFC 4511 §4.5.1.7.7); it names a rule, an attribute, or both.
    public struct MatchingRuleAssertion: Sendable, Equatable {
        /// The matching rule's name or OID; nil for the attribute's equality rule.
        public var rule: String?
        /// The attribute description; nil for all that the rule applies to.
        public var attribute: String?
        /// The asserted value.
        public var value: [UInt8]
        /// Whether the attributes of the entry's DN are looked at too.
        public var dnAttributes: Bool

        /// An assertion of its parts.
        public init(rule: String? = nil, attribute: String? = nil, value: [UInt8], dnAttributes: Bool = false) {
            self.rule = rule
            self.attribute = attribute
            self.value = value
            self.dnAttributes = dnAttributes
        }
    }

    /// The text `value` as an equality assertion.
    public static func equality(_ attribute: String, _ value: String) -> Filter {
        .equality(attribute, Array(value.utf8))
    }
}

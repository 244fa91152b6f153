/// What is wrong with access rules, or with a question about them: where, and what to write instead.
public struct AccessRuleError: Error, Sendable, CustomStringConvertible, Equatable {
    /// The rule's index in the configuration; nil where it is not about one rule.
    public let rule: Int?
    /// One clause for people.
    public let reason: String

    init(_ reason: String, rule: Int? = nil) {
        self.rule = rule
        self.reason = reason
    }

    /// With the place that it is about, as the configuration names it.
    public var description: String { (rule.map { "access[\($0)]: " } ?? "") + reason }
}

public import Schema

/// An attribute that entries of a segment have: one for each attribute description, so `cn` and `cn;lang-fr` are two.
public struct SegmentAttribute: Sendable {
    /// Type and options.
    public let description: AttributeDescription
    /// The description as it is returned, in the schema's spelling.
    public let name: String
    /// True for attributes that are returned only when they are asked for.
    public let isOperational: Bool
    /// True for attributes that are stored for binding only, and neither returned nor matched.
    public let isHidden: Bool
    /// True when values have keys: equality, ordering and prefixes are answered. Else there is presence only.
    public let hasDictionary: Bool
    /// True when substrings are answered from trigrams.
    public let hasTrigrams: Bool
    /// True when no entry has several values, so that none comes twice where the entries of several values are gone through.
    public let isSingleValued: Bool
    /// How many distinct keys its values have. Value IDs are below this.
    public let valueCount: UInt32
    /// How many values all entries together have.
    public let occurrences: UInt64
}

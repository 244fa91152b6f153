public import BER
public import ReusedMemory

/// What one component of a filter asks (RFC 4511 §4.5.1).
@frozen
public enum FilterKind: UInt8, Sendable, CaseIterable {
    /// All of the children; none at all is true (RFC 4526).
    case and
    /// Any of the children; none at all is false (RFC 4526).
    case or
    /// Not the one child.
    case not
    /// The attribute has a value equal to the asserted one.
    case equality
    /// The attribute has a value with the asserted parts, in order.
    case substrings
    /// The attribute has a value not less than the asserted one.
    case greaterOrEqual
    /// The attribute has a value not greater than the asserted one.
    case lessOrEqual
    /// The attribute is there.
    case present
    /// The attribute has a value about equal to the asserted one.
    case approximate
    /// A matching rule, an attribute or both, as the client chose.
    case extensible
    /// Well-formed, but asking nothing that can be answered: true and false for no entry.
    case undefined
}

/// One component of a `FlatFilter`; ranges are offsets into the PDU.
@frozen
public struct FilterNode: Sendable, Equatable {
    /// What the component asks.
    public var kind: FilterKind
    /// Whether an extensible match looks at the attributes of the entry's DN too.
    public var dnAttributes = false
    /// The number of components one level below.
    public var childCount: Int32 = 0
    /// The index after the component's last descendant; its own index plus one for an item.
    public var subtreeEnd: Int
    /// The attribute description of an item; empty for and, or, not, and extensible matches that name none.
    public var attribute: Range<Int> = 0..<0
    /// The asserted value of an item that has one.
    public var value: Range<Int> = 0..<0
    /// The matching rule an extensible match names.
    public var matchingRule: Range<Int>?
    /// The parts of a substrings assertion, as indices into the filter's `parts`.
    public var parts: Range<Int> = 0..<0

    @usableFromInline
    init(kind: FilterKind, subtreeEnd: Int) {
        self.kind = kind
        self.subtreeEnd = subtreeEnd
    }
}

/// One part of a substrings assertion.
@frozen
public struct SubstringPart: Sendable, Equatable {
    /// Where the part must be found.
    public let kind: Kind
    /// The part's octets, an offset range into the PDU; never empty.
    public let value: Range<Int>

    /// Where in the value a part must be found.
    @frozen
    public enum Kind: UInt8, Sendable, CaseIterable {
        /// At the start.
        case initial
        /// After the part before it.
        case any
        /// At the end.
        case final
    }
}

/// A filter as a list of components in pre-order, compiled from the PDU without a tree, recursion or, when reused,
/// allocation.
///
/// ```
///  (&(a=1)(|(b=2)(c=3)))   nodes:       and  a=1  or  b=2  c=3
///                          subtreeEnd:   5    2    5   4    5
/// ```
/// The children of the node at `i` start at `i + 1`; each sibling starts at the `subtreeEnd` of the one before.
/// An item that is well-formed and yet cannot be answered (no or misplaced substrings, an unknown choice) is `.undefined`,
/// as RFC 4511 §4.5.1.7 asks and OpenLDAP does.
public struct FlatFilter: ~Copyable, Sendable {
    /// The components in pre-order; the filter itself is the first. Empty before the first `decode`.
    public internal(set) var nodes = ReusedList<FilterNode>()
    /// The parts of all substrings assertions.
    public internal(set) var parts = ReusedList<SubstringPart>()
    /// The and, or and not that are being read, outermost first; empty between two decodes.
    var open = ReusedList<OpenComponent>()

    struct OpenComponent {
        var node: Int
        var end: Int
    }

    /// An empty filter, to be filled by `decode`.
    public init() {}

    /// Whether nothing was decoded yet.
    public var isEmpty: Bool { nodes.isEmpty }

    /// Reads the filter element at `reader`'s position; what was here before is replaced, its memory reused.
    ///
    /// - Parameters:
    ///   - reader: moves past the filter.
    ///   - messageID: whose filter it is, for the error.
    /// - Throws: `.malformed` for wrong structure; `.protocolError` for more than `Limits.filterDepth`,
    ///   `Limits.filterElements` or `Limits.substringParts`. The filter is empty then.
    @_lifetime(reader: copy reader)
    public mutating func decode(_ reader: inout BERReader, messageID: MessageID) throws(LDAPDecodingError) {
        var elements = ElementReader(reader, messageID)
        try decode(&elements)
        reader = elements.ber
    }
}

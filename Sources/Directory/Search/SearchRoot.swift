import AttributeIndex
import LDAP

/// One of the places that a search looks at: the base's scope, or that of an alias's target (RFC 4511 section 4.5.1.3).
struct SearchRoot {
    enum Kind: UInt8 {
        /// The entry alone.
        case entry
        /// The entries directly below.
        case children
        /// The entry and all below it.
        case subtree
        /// All below the entry.
        case subordinates
        /// The root DSE or the subschema subentry, each alone in its segment.
        case rootDSE
        case subschema

        /// Whether entries at every depth below are meant.
        var isTree: Bool { self == .subtree || self == .subordinates }

        /// Whether only the segment of the root's entry matters.
        var isSingleEntry: Bool { self == .entry || self == .rootDSE || self == .subschema }
    }

    var kind: Kind
    /// The root's entry.
    var place: EntryPlace
    /// The DIT key of the root's entry.
    var key: [UInt8]
    /// The entry after the last one below the root's, in that entry's segment.
    var subtreeEnd: EntryID = 0

    /// The root of a search at its base.
    init(_ scope: SearchScope, at place: EntryPlace, key: [UInt8], _ view: DirectoryView) throws(SegmentError) {
        subtreeEnd = try view.segment(place.segment).view(place.entry).subtreeEnd
        self.place = place
        self.key = key
        kind =
            switch scope {
            case .base: .entry
            case .one: .children
            case .sub: .subtree
            case .subordinate: .subordinates
            }
    }

    /// The root of one of the entries that are no part of the index.
    init(virtual kind: Kind) {
        self.kind = kind
        place = EntryPlace(segment: 0, entry: 0)
        key = []
    }
}

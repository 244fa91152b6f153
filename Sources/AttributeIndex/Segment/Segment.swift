public import Schema
public import Storage

/// An immutable, sorted, fully indexed set of entries and deleted names, read from a mapping: the one format of the index.
///
/// Entries are numbered in the order of their DIT keys, so that every subtree is a range. Every number read from the mapping is
/// treated as input: it is checked before it is used, and what does not fit is a `SegmentError`, never a trap. See
/// `SegmentFormat` for the layout.
public final class Segment: Sendable {
    /// The schema that the attributes refer to: the one given, and what the segment has beyond it.
    public let schema: Schema
    /// The attributes that entries have, one a description, in the order in which they were first seen.
    public let attributes: [SegmentAttribute]
    /// Entries.
    public let entryCount: UInt32
    /// How many entries are aliases: with none, a search need not look for them.
    public let aliasCount: UInt32
    /// How many entries are referrals: with none, a search need not look for them.
    public let referralCount: UInt32

    let mapping: MappedFile
    let bytes: SegmentBytes
    let footer: SegmentFooter
    /// Where things are, as `attributes`.
    let rows: [AttributeRow]
    /// Octets of a value ID in records, as `attributes`; 0 where there is no dictionary.
    let idWidths: [Int]
    let parents: AttributeRow
    let sharedSlices: Range<Int>
    let records: Range<Int>
    /// Where the tables of entries begin.
    let entryTable: Int
    let entryHash: Int
    let byType: AttributesByType

    /// Opens a segment: checks header, footer, checksum table and attribute table. Its cost does not grow with the number of
    /// entries, save for four octets each 64 KiB. Names that `schema` lacks are added to it (see `schema`).
    public init(mapping: MappedFile, schema: Schema) throws(SegmentError) {
        let opened = try SegmentFooter.open(mapping)
        footer = opened.footer
        self.mapping = opened.mapping
        bytes = SegmentBytes(opened.mapping)
        entryCount = footer.entryCount
        aliasCount = footer.aliasCount
        referralCount = footer.referralCount
        sharedSlices = footer[.sharedSlices]
        records = footer[.records]
        entryTable = footer[.entries].lowerBound
        entryHash = footer[.entryHash].lowerBound
        let table = try AttributeTable(bytes, footer, schema)
        self.schema = table.schema
        attributes = table.attributes
        rows = table.rows
        parents = table.parents
        idWidths = rows.map { $0.flags.contains(.dictionary) ? $0.idWidth : 0 }
        byType = AttributesByType(attributes, table.schema)
    }

    /// The octets of a range that this segment gave. Throws when the range is not its own or the octets are damaged.
    @inline(__always) @_lifetime(borrow self)
    public func octets(_ range: Range<Int>) throws(SegmentError) -> Span<UInt8> {
        let view = bytes
        let octets = try view.span(range)
        // Safe: the octets live as long as the mapping, which self keeps.
        return unsafe _overrideLifetime(octets, borrowing: self)
    }

    /// Size of the segment in octets.
    public var size: Int { bytes.count }

    /// Reads every block against its checksum: for `check`. Throws the first damage.
    public func verifyChecksums() throws(SegmentError) {
        do {
            try mapping.verifyAll(section: "segment")
        } catch {
            throw SegmentError(error)
        }
    }

    func row(_ attribute: Int) throws(SegmentError) -> AttributeRow {
        guard attribute >= 0, attribute < rows.count else { throw .damaged("there is no such attribute") }
        return rows[attribute]
    }
}

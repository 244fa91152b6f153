import Storage

/// The layout of a segment file. All numbers are little-endian; every section starts at a multiple of eight octets.
///
///     header       "peopled", 0, version UInt32, 0 UInt32
///     sections     as `SegmentSection` names them, in any order
///     checksums    CRC32C of each 64 KiB of everything above, UInt32 each
///     footer       256 octets: magic, version, counts, seed, offset and length of each section,
///                  CRC32C of the checksum table, and last the CRC32C of the footer itself
///
/// The table of sections stands at the end because a segment is written in one go, to a file or to memory, and never sought in.
/// Opening reads the footer, the checksum table and the attribute table: nothing that grows with the number of entries but
/// four octets for each 64 KiB.
enum SegmentFormat {
    static let version: UInt32 = 3
    static let magic: [UInt8] = Array("peopled\0".utf8)
    static let footerMagic: [UInt8] = Array("segment\0".utf8)
    static let headerSize = 16
    static let footerSize = 256
    static let alignment = 8
    /// Entries a segment can hold: entry IDs must stay below the flag of posting references.
    static let entryLimit = PostingsFormat.universeLimit - 2
    /// Octets of the row in the entry table: the record's offset. The table has two octets more at its end, so that every row
    /// can be read as 64 bits.
    static let entryRowSize = 6
    static let entryTablePadding = 2
    /// Octets of a slot in the table of distinguished names: heap offset plus one (48 bits) and a tag (16 bits of the hash).
    static let entrySlotSize = 8
    static let depthLimit = 1 << 16 - 1
    static let heapLimit = 1 << 48 - 1
}

/// The sections of a segment, by their place in the footer.
enum SegmentSection: Int, CaseIterable {
    /// `AttributeRow`s; the last one is the dictionary of parents' keys, whose postings are their children.
    case attributes
    /// Names that attribute rows point at.
    case names
    /// Keys, rows, hash slots, postings and trigrams of every attribute; attribute rows point into it.
    case dictionaries
    /// Entry records in the order of their DIT keys (see `EntryView`).
    case records
    /// Where each entry's record begins, in the same order.
    case entries
    /// Hash table from DIT key to record.
    case entryHash
    /// Sorted DIT keys: count + 1 offsets UInt32 from the start of the keys, then the keys.
    case tombstones
    /// Attribute slices that many entries have in common.
    case sharedSlices
    /// Names of object classes that the built-in schema does not have: each a varint length and the name.
    case foreignClasses
}

/// The last octets of a segment: all that must be known to read the rest.
struct SegmentFooter {
    var entryCount: UInt32 = 0
    var tombstoneCount: UInt32 = 0
    var attributeCount: UInt32 = 0
    var aliasCount: UInt32 = 0
    var referralCount: UInt32 = 0
    var entrySlots: UInt32 = 0
    var seed: UInt64 = 0
    var sections = [Range<Int>](repeating: 0..<0, count: SegmentSection.allCases.count)
    /// Octets that the checksum table covers; the table follows them.
    var covered = 0
    var tableChecksum: UInt32 = 0

    subscript(section: SegmentSection) -> Range<Int> {
        get { sections[section.rawValue] }
        set { sections[section.rawValue] = newValue }
    }

    /// The footer's octets.
    func encoded() -> [UInt8] {
        var octets = SegmentFormat.footerMagic
        for number in [
            SegmentFormat.version, entryCount, tombstoneCount, attributeCount, aliasCount, referralCount, entrySlots,
            tableChecksum,
        ] {
            octets.append(littleEndian: number)
        }
        octets.append(littleEndian: seed)
        octets.append(littleEndian: UInt64(truncatingIfNeeded: covered))
        for section in sections {
            octets.append(littleEndian: UInt64(truncatingIfNeeded: section.lowerBound))
            octets.append(littleEndian: UInt64(truncatingIfNeeded: section.count))
        }
        octets.append(contentsOf: repeatElement(0, count: SegmentFormat.footerSize - 4 - octets.count))
        octets.append(littleEndian: CRC32C.checksum(octets.span))
        return octets
    }

    init() {}

    /// Reads and checks header, footer and checksum table, and gives the mapping with its checksums attached.
    static func open(_ mapping: MappedFile) throws(SegmentError) -> (footer: SegmentFooter, mapping: MappedFile) {
        let octets = mapping.uncheckedBytes
        guard octets.count >= SegmentFormat.headerSize + SegmentFormat.footerSize,
            octets.matches(SegmentFormat.magic.span, at: 0)
        else { throw SegmentError(.notASegment, "\(mapping.path) is not a segment") }
        guard octets.littleEndian32(at: 8) == SegmentFormat.version else {
            throw SegmentError(
                .unsupportedVersion, "\(mapping.path) is a segment of another version than \(SegmentFormat.version)")
        }
        let footerStart = octets.count - SegmentFormat.footerSize
        let footer = try SegmentFooter(decoding: octets.extracting(footerStart...), footerStart: footerStart)
        let table = octets.extracting(footer.covered..<footer.covered + 4 * MappedFile.blockCount(footer.covered))
        guard CRC32C.checksum(table) == footer.tableChecksum else {
            throw .damaged("the checksum table's checksum is wrong")
        }
        do {
            return (footer, try mapping.withChecksums(table, covering: footer.covered))
        } catch {
            throw SegmentError(error)
        }
    }

    private init(decoding octets: Span<UInt8>, footerStart: Int) throws(SegmentError) {
        let crcOffset = SegmentFormat.footerSize - 4
        guard octets.matches(SegmentFormat.footerMagic.span, at: 0),
            CRC32C.checksum(octets.extracting(0..<crcOffset)) == octets.littleEndian32(at: crcOffset),
            octets.littleEndian32(at: 8) == SegmentFormat.version
        else { throw .damaged("the footer is wrong, or the file was cut short") }
        entryCount = octets.littleEndian32(at: 12)
        tombstoneCount = octets.littleEndian32(at: 16)
        attributeCount = octets.littleEndian32(at: 20)
        aliasCount = octets.littleEndian32(at: 24)
        referralCount = octets.littleEndian32(at: 28)
        entrySlots = octets.littleEndian32(at: 32)
        tableChecksum = octets.littleEndian32(at: 36)
        seed = octets.littleEndian64(at: 40)
        let coveredOctets = octets.littleEndian64(at: 48)
        guard coveredOctets <= UInt64(footerStart), coveredOctets >= UInt64(SegmentFormat.headerSize) else {
            throw .damaged("the footer points outside the file")
        }
        covered = Int(coveredOctets)
        guard 4 * MappedFile.blockCount(covered) == footerStart - covered else {
            throw .damaged("the checksum table does not fit the file's length")
        }
        for section in SegmentSection.allCases {
            let place = 56 + 16 * section.rawValue
            self[section] = try SegmentFooter.range(
                octets.littleEndian64(at: place), octets.littleEndian64(at: place + 8), within: 0..<covered)
        }
        try checkCounts()
    }

    /// Tables must have the size that their counts give them.
    private func checkCounts() throws(SegmentError) {
        guard Int(entryCount) <= SegmentFormat.entryLimit,
            self[.entries].count == Int(entryCount) * SegmentFormat.entryRowSize + SegmentFormat.entryTablePadding,
            self[.entryHash].count == Int(entrySlots) * SegmentFormat.entrySlotSize,
            entryCount == 0 || entrySlots > entryCount,
            self[.attributes].count == (Int(attributeCount) + 1) * AttributeRow.size,
            self[.tombstones].count >= 4 * (Int(tombstoneCount) + 1)
        else { throw .damaged("a table has another size than its count says") }
    }

    /// A range given by offset and length, checked to lie within another; an empty one may be given anyhow.
    static func range(_ offset: UInt64, _ length: UInt64, within outer: Range<Int>) throws(SegmentError) -> Range<Int> {
        guard length > 0 else { return outer.lowerBound..<outer.lowerBound }
        guard offset >= UInt64(outer.lowerBound), offset <= UInt64(outer.upperBound),
            length <= UInt64(outer.upperBound) - offset
        else { throw .damaged("a section lies outside the file") }
        return Int(offset)..<Int(offset) + Int(length)
    }
}

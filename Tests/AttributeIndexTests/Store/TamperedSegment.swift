import Schema
import Storage
import Testing

@testable import AttributeIndex

/// A segment whose octets are changed and whose checksums are then made anew, so that only its cross-references are wrong.
struct TamperedSegment {
    /// As it was built: for where things are.
    let original: Segment
    var body: [UInt8]
    var footer: SegmentFooter

    init(_ records: [EntryRecord], tombstones: [[UInt8]] = []) throws {
        let mapping = try Segment.image(records, tombstones: tombstones, seed: 5)
        original = try Segment(mapping: mapping, schema: .builtIn)
        footer = original.footer
        body = Array(mapping.copy[..<footer.covered])
    }

    /// The file with what was changed.
    func octets() -> [UInt8] {
        var footer = footer
        let table = MappedFile.checksumTable(of: body.span)
        footer.tableChecksum = CRC32C.checksum(table.span)
        return body + table + footer.encoded()
    }

    func reopened() throws -> Segment {
        let segment = try Segment(
            mapping: try MappedFile(copying: octets().span, name: "test"), schema: .builtIn)
        try segment.verifyChecksums()
        return segment
    }

    func problems() throws -> [SegmentProblem] { SegmentCheck(try reopened()).run() }

    func row(_ attribute: String) throws -> AttributeRow { original.rows[try original.index(of: attribute)] }

    /// The value ID of a key of an attribute.
    func valueID(_ attribute: String, _ key: String) throws -> Int {
        let index = try original.index(of: attribute)
        return Int(try #require(try original.valueID(index, equalTo: Array(key.utf8).span)))
    }

    func view(_ dn: String) throws -> EntryView {
        let name = try DistinguishedName(parsing: dn, schema: .builtIn)
        return try #require(try original.view(withKey: name.key.span))
    }

    func number(at offset: Int) -> UInt32 { body.span.littleEndian32(at: offset) }

    mutating func set(_ number: UInt32, at offset: Int) {
        for place in 0..<4 { body[offset + place] = UInt8(truncatingIfNeeded: number >> (8 * UInt32(place))) }
    }

    mutating func add(_ delta: UInt8, at offset: Int) { body[offset] &+= delta }

    mutating func swap(_ one: Range<Int>, _ other: Range<Int>) {
        for (left, right) in zip(one, other) { body.swapAt(left, right) }
    }

    /// Where the first used slot of a table of eight octets a slot is.
    func usedSlot(_ table: Range<Int>) throws -> Int {
        try #require(stride(from: table.lowerBound, to: table.upperBound, by: 8).first { number(at: $0) != 0 })
    }

    /// Where an empty one is.
    func emptySlot(_ table: Range<Int>) throws -> Int {
        try #require(
            stride(from: table.lowerBound, to: table.upperBound, by: 8).first {
                number(at: $0) == 0 && number(at: $0 + 4) == 0
            })
    }

    /// Where the first octets of a value are in a slice.
    func place(of text: String, in range: Range<Int>) throws -> Int {
        let wanted = Array(text.utf8)
        return try #require(range.first { body[$0...].starts(with: wanted) })
    }

    /// Where the list of a value is, which must be of a kind.
    func list(_ attribute: String, _ key: String, _ kind: PostingsFormat.Kind) throws -> Int {
        let row = try row(attribute)
        let reference = number(at: row.rows.lowerBound + 8 * (try valueID(attribute, key)) + 4)
        try #require(reference >= PostingsFormat.listFlag)
        let start = row.postings.lowerBound + 4 * Int(reference & ~PostingsFormat.listFlag)
        try #require(number(at: start + 4) == kind.rawValue)
        return start
    }

    /// The numbers that a record begins with, by their places: as `EntryView` has them.
    enum Fact: Int {
        case size = 4
        case items = 8
        case valueIDs = 12
        case objectName = 16
        case user = 20
        case operational = 24
        case hidden = 28
        case key = 32
        case depth = 36
        case flags = 38
    }

    /// Changes one of the numbers that a record begins with.
    mutating func add(_ delta: Int, to fact: Fact, of dn: String) throws {
        let row = footer[.entries].lowerBound + SegmentFormat.entryRowSize * Int(try view(dn).id)
        let place = footer[.records].lowerBound + Int(number(at: row)) + fact.rawValue
        // Depth and flags are shorter: the numbers are small, so nothing of them is carried into what follows.
        set(UInt32(truncatingIfNeeded: Int(number(at: place)) + delta), at: place)
    }
}

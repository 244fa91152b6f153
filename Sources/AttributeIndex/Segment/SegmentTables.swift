import Schema

/// What stands behind the dictionaries of a segment, gathered while all before it is written.
struct SegmentTables {
    var footer = SegmentFooter()
    /// A row for each attribute, and last the parents'.
    var rows: [AttributeRow] = []
    private var names: [UInt8] = []

    init(seed: UInt64, entryCount: Int, attributeCount: Int) {
        footer.seed = seed
        footer.entryCount = UInt32(truncatingIfNeeded: entryCount)
        footer.attributeCount = UInt32(truncatingIfNeeded: attributeCount)
        rows.reserveCapacity(attributeCount + 1)
    }

    mutating func addRow(_ traits: AttributeTraits, name text: String, valueCount: Int) {
        var row = AttributeRow()
        row.flags = traits.flags
        row.name = name(text)
        row.rule = name(traits.rule?.name ?? "")
        row.valueCount = UInt32(truncatingIfNeeded: valueCount)
        rows.append(row)
    }

    mutating func addParentsRow() {
        var parents = AttributeRow()
        parents.flags = .dictionary
        rows.append(parents)
    }

    private mutating func name(_ text: String) -> Range<Int> {
        let start = names.count
        names.append(contentsOf: text.utf8)
        return start..<names.count
    }

    /// The tables of the entries, whose records began at `start` and end here.
    mutating func write(
        _ table: RecordTable, recordsFrom start: Int, to writer: inout SegmentWriter
    ) throws(SegmentError) {
        footer[.records] = start..<writer.position
        footer.entrySlots = UInt32(truncatingIfNeeded: table.slots.count)
        footer[.entryHash] = try writer.part(table.slots)
        footer[.entries] = try writer.part(table.rows)
    }

    /// All that is left, and the end of the file.
    /// - Parameters:
    ///   - tombstones: keys in any order, of which some may be there twice.
    ///   - foreignClasses: names of object classes that the built-in schema does not have.
    mutating func finish(
        sharedSlices: [UInt8], tombstones: [[UInt8]], foreignClasses: Set<[UInt8]>, _ writer: inout SegmentWriter
    ) throws(SegmentError) {
        footer[.sharedSlices] = try writer.part(sharedSlices)
        footer[.tombstones] = try writer.part(sorted(tombstones))
        var classes: [UInt8] = []
        for name in foreignClasses.sorted(by: { $0.span.compare($1.span) < 0 }) {
            Varint.append(UInt64(name.count), to: &classes)
            classes.append(contentsOf: name)
        }
        footer[.foreignClasses] = try writer.part(classes)
        footer[.names] = try writer.part(names)
        var encoded: [UInt8] = []
        for row in rows { row.encode(to: &encoded) }
        footer[.attributes] = try writer.part(encoded)
        try writer.finish(&footer)
    }

    private mutating func sorted(_ tombstones: [[UInt8]]) throws(SegmentError) -> [UInt8] {
        let sorted = tombstones.sorted { $0.span.compare($1.span) < 0 }
        var octets: [UInt8] = []
        var keys: [UInt8] = []
        var count: UInt32 = 0
        for (index, key) in sorted.enumerated() where index == 0 || sorted[index - 1] != key {
            guard keys.count + key.count <= Int(UInt32.max) else {
                throw SegmentError(.tooLarge, "The deleted names of a segment take more than 4 GiB")
            }
            octets.append(littleEndian: UInt32(truncatingIfNeeded: keys.count))
            keys.append(contentsOf: key)
            count += 1
        }
        octets.append(littleEndian: UInt32(truncatingIfNeeded: keys.count))
        footer.tombstoneCount = count
        return octets + keys
    }
}

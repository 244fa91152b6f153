import Schema

/// The attribute table, read and checked when a segment is opened.
struct AttributeTable {
    private(set) var schema: Schema
    private(set) var attributes: [SegmentAttribute] = []
    private(set) var rows: [AttributeRow] = []
    /// The dictionary of parents' keys.
    let parents: AttributeRow

    init(_ bytes: SegmentBytes, _ footer: SegmentFooter, _ schema: Schema) throws(SegmentError) {
        let start = footer[.attributes].lowerBound
        let count = Int(footer.attributeCount)
        rows.reserveCapacity(count)
        for index in 0..<count {
            rows.append(try AttributeRow(at: start + index * AttributeRow.size, in: bytes, footer))
        }
        parents = try AttributeRow(at: start + count * AttributeRow.size, in: bytes, footer)
        let names = try AttributeTable.names(rows, bytes)
        self.schema = try AttributeTable.effective(schema, names, rows, bytes, footer)
        attributes.reserveCapacity(count)
        for (name, row) in zip(names, rows) { try add(name, row, bytes) }
    }

    private static func names(_ rows: [AttributeRow], _ bytes: SegmentBytes) throws(SegmentError) -> [String] {
        var names: [String] = []
        names.reserveCapacity(rows.count)
        for row in rows { names.append(try text(row.name, bytes)) }
        return names
    }

    private static func text(_ range: Range<Int>, _ bytes: SegmentBytes) throws(SegmentError) -> String {
        guard let text = String(validating: [UInt8](copying: try bytes.span(range)), as: UTF8.self) else {
            throw .damaged("a name is not text")
        }
        return text
    }

    /// The schema with what the segment has and it lacks.
    private static func effective(
        _ schema: Schema, _ names: [String], _ rows: [AttributeRow], _ bytes: SegmentBytes, _ footer: SegmentFooter
    ) throws(SegmentError) -> Schema {
        var types: [(name: String, isBinary: Bool)] = []
        var seen: Set<String> = []
        for (name, row) in zip(names, rows) {
            let type = String(name.prefix { $0 != ";" })
            guard schema.attributeType(type) == nil, seen.insert(type.lowercased()).inserted else { continue }
            types.append((type, row.flags.contains(.binary)))
        }
        var classes: [String] = []
        let section = footer[.foreignClasses]
        var place = section.lowerBound
        while place < section.upperBound {
            var reader = VarintReader(try bytes.span(place..<section.upperBound))
            let length = try reader.length()
            place += reader.position
            guard length <= section.upperBound - place else { throw .damaged("a class's name runs over its section") }
            let name = try text(place..<place + length, bytes)
            if schema.objectClass(name) == nil { classes.append(name) }
            place += length
        }
        guard !types.isEmpty || !classes.isEmpty else { return schema }
        return schema.addingUnknown(attributeTypes: types, objectClasses: classes)
    }

    private mutating func add(_ name: String, _ row: AttributeRow, _ bytes: SegmentBytes) throws(SegmentError) {
        guard let description = AttributeDescription(parsing: name, schema: schema) else {
            throw .damaged("an attribute's name is not an attribute description")
        }
        let type = schema.attributeType(description.type)
        let isHidden = row.flags.contains(.hidden)
        let rule = isHidden ? nil : type.equality ?? type.ordering
        // Keys made by one rule cannot be looked up with another's.
        guard try AttributeTable.text(row.rule, bytes) == rule?.name ?? "", isHidden == AttributeColumn.isHidden(type)
        else {
            throw SegmentError(
                .schemaChanged,
                "The schema gives \(name) other matching rules than it had when the data was imported: import again")
        }
        attributes.append(
            SegmentAttribute(
                description: description, name: name, isOperational: row.flags.contains(.operational),
                isHidden: isHidden, hasDictionary: row.flags.contains(.dictionary), hasTrigrams: row.trigramSlots > 0,
                isSingleValued: row.flags.contains(.singleValued), valueCount: row.valueCount,
                occurrences: row.occurrences))
    }
}

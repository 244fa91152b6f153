import Schema

/// One attribute of the result, and what it is in each of the segments.
///
/// Segments may have been opened with schemas that number types differently: what counts is which type of the merge's schema
/// their names mean.
struct MergeColumn: Sendable {
    /// An attribute of a segment.
    struct Source: Sendable {
        let segment: Int
        let attribute: Int
    }

    let description: AttributeDescription
    /// The description in the schema's spelling.
    let name: String
    let traits: AttributeTraits
    /// Newest segment first.
    var sources: [Source]

    /// The columns of the result: of all attributes that entries of it have, in the order in which these first have them.
    static func columns(
        of segments: [Segment], _ entries: MergedEntries, _ schema: Schema
    ) throws(SegmentError) -> [MergeColumn] {
        var order = ColumnOrder(try matched(segments, schema))
        try order.findFirstEntries(segments, entries)
        return try order.sorted(segments, entries)
    }

    /// All attributes of the segments, each once.
    private static func matched(_ segments: [Segment], _ schema: Schema) throws(SegmentError) -> [MergeColumn] {
        var columns: [MergeColumn] = []
        // By type: the column of the type without options, plus one.
        var plain = [Int32](repeating: 0, count: schema.attributeTypes.count)
        for (number, segment) in segments.enumerated() {
            for (index, attribute) in segment.attributes.enumerated() {
                let source = Source(segment: number, attribute: index)
                guard let description = MergeInput.description(attribute.description, of: segment, schema) else {
                    throw SegmentError(.invalidRecord, "An attribute description is not one of the schema")
                }
                let type = description.type.index
                let known: Int?
                if description.options.isEmpty {
                    known = plain[type] > 0 ? Int(plain[type]) - 1 : nil
                } else {
                    known = columns.firstIndex { $0.description == description }
                }
                if let known {
                    columns[known].sources.append(source)
                    continue
                }
                if description.options.isEmpty { plain[type] = Int32(truncatingIfNeeded: columns.count + 1) }
                columns.append(
                    MergeColumn(
                        description: description, name: description.name(in: schema),
                        traits: AttributeTraits(schema.attributeTypes[type], isHidden: attribute.isHidden),
                        sources: [source]))
            }
        }
        guard columns.count < RecordOccurrence.columnLimit else {
            throw SegmentError(.tooLarge, "A segment holds at most \(RecordOccurrence.columnLimit - 1) attributes")
        }
        return columns
    }
}

/// Puts columns in the order in which the entries of the result, gone through in their order, first have them.
private struct ColumnOrder {
    private let columns: [MergeColumn]
    /// For each segment's attribute, its column.
    private var columnOf: [[Int]] = []
    /// The first entry of the result that has the attribute.
    private var first: [UInt32]

    init(_ columns: [MergeColumn]) {
        self.columns = columns
        first = [UInt32](repeating: MergedEntries.gone, count: columns.count)
    }

    mutating func findFirstEntries(_ segments: [Segment], _ entries: MergedEntries) throws(SegmentError) {
        columnOf = segments.map { [Int](repeating: -1, count: $0.attributes.count) }
        for (number, column) in columns.enumerated() {
            for source in column.sources {
                columnOf[source.segment][source.attribute] = number
                let segment = segments[source.segment]
                let start = entries.starts[source.segment]
                var presence = try segment.presence(source.attribute)
                while let entry = try presence.next(in: segment) {
                    let found = entries.numbers[start + Int(entry)]
                    guard found == MergedEntries.gone else {
                        first[number] = min(first[number], found)
                        break
                    }
                }
            }
        }
    }

    /// Those that an entry has. Several that one entry is the first to have stand as they stand in it.
    func sorted(_ segments: [Segment], _ entries: MergedEntries) throws(SegmentError) -> [MergeColumn] {
        var sorted: [MergeColumn] = []
        sorted.reserveCapacity(columns.count)
        for entry in Set(first).subtracting([MergedEntries.gone]).sorted() {
            let owner = Int(entries.owners[Int(entry)])
            let segment = segments[owner]
            var items = EntryItems(try segment.view(entries.entry(entry, ofSegment: owner)))
            var found = 0
            while let item = try items.next(in: segment) {
                let column = columnOf[owner][item.attribute]
                guard first[column] == entry else { continue }
                sorted.append(columns[column])
                found += 1
            }
            guard found == first.count(where: { $0 == entry }) else {
                throw .damaged("an entry has not the attributes that it should have")
            }
        }
        return sorted
    }
}

extension MergedEntries {
    /// The entry of a segment that has a number in the result.
    func entry(_ number: UInt32, ofSegment segment: Int) -> EntryID {
        var low = starts[segment]
        var high = starts[segment + 1]
        // Numbers ascend, but for those of entries that are gone: what is asked for is above all that stand before it.
        var place = low
        while low < high {
            let middle = low + (high - low) / 2
            place = middle
            while place < high, numbers[place] == Self.gone { place += 1 }
            if place == high || numbers[place] > number {
                high = middle
            } else if numbers[place] == number {
                break
            } else {
                low = place + 1
            }
        }
        return EntryID(truncatingIfNeeded: place - starts[segment])
    }
}

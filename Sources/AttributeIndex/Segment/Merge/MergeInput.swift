import Schema

/// A segment that is merged, as it is or made anew.
///
/// Records, keys and slices are copied as they stand. That is right where the merge's schema says the same of the segment's
/// attributes as the one that it was built with. Where it does not, because a definition was added or changed since, what
/// would have to change is built anew first, and merged from there.
struct MergeInput {
    let segment: Segment
    /// Which of the given segments it stands for.
    let number: Int
    /// Its entries in that segment; nil where they are all that segment's.
    let entries: [EntryID]?

    /// The entry of the given segment.
    func original(_ entry: EntryID) -> EntryID {
        guard let entries else { return entry }
        return entry < entries.count ? entries[Int(entry)] : MergedEntries.gone
    }

    /// What there is to merge: the newest first.
    static func inputs(of segments: [Segment], _ schema: Schema) throws(SegmentError) -> [MergeInput] {
        var inputs: [MergeInput] = []
        inputs.reserveCapacity(segments.count)
        for (number, segment) in segments.enumerated() {
            guard isPlain(segment, schema) else {
                let all = Array(0..<segment.entryCount)
                inputs.append(MergeInput(segment: try built(segment, all, schema), number: number, entries: nil))
                continue
            }
            let known = segment.schema
            if known.attributeTypes.count != schema.attributeTypes.count
                || known.objectClasses.count != schema.objectClasses.count
            {
                // Newer than the segment itself, whose entries of these names are thereby replaced.
                let entries = try entriesWithoutKeys(segment)
                if !entries.isEmpty {
                    let anew = try built(segment, entries, schema, tombstones: false)
                    inputs.append(MergeInput(segment: anew, number: number, entries: entries))
                }
            }
            inputs.append(MergeInput(segment: segment, number: number, entries: nil))
        }
        return inputs
    }

    /// Whether all attributes are what they were: their names as they are spelled, each once, each of its kind.
    private static func isPlain(_ segment: Segment, _ schema: Schema) -> Bool {
        var withOptions: [AttributeDescription] = []
        var seen = [Bool](repeating: false, count: schema.attributeTypes.count)
        for attribute in segment.attributes {
            guard let description = description(attribute.description, of: segment, schema),
                description.name(in: schema) == attribute.name,
                attribute.isHidden
                    || schema.attributeTypes[description.type.index].isOperational == attribute.isOperational
            else { return false }
            if description.options.isEmpty {
                if seen[description.type.index] { return false }
                seen[description.type.index] = true
            } else {
                if withOptions.contains(description) { return false }
                withOptions.append(description)
            }
        }
        return true
    }

    /// What a segment's attribute description is in the merge's schema, which may number types differently.
    static func description(
        _ description: AttributeDescription, of segment: Segment, _ schema: Schema
    ) -> AttributeDescription? {
        let type = segment.schema.attributeType(description.type)
        if type.id.index < schema.attributeTypes.count {
            let same = schema.attributeTypes[type.id.index]
            if same === type || same.oid == type.oid { return description }
        }
        return AttributeDescription(parsing: description.name(in: segment.schema), schema: schema)
    }

    /// Entries with a value that its rule gave no key: it may name what only the merge's schema knows.
    private static func entriesWithoutKeys(_ segment: Segment) throws(SegmentError) -> [EntryID] {
        var found: [EntryID] = []
        entries: for entry in 0..<segment.entryCount {
            var items = EntryItems(try segment.view(entry))
            while let item = try items.next(in: segment) {
                for index in 0..<item.valueIDs.count where try item.valueIDs.valueID(index, in: segment) == nil {
                    found.append(entry)
                    continue entries
                }
            }
        }
        return found
    }

    private static func built(
        _ segment: Segment, _ entries: [EntryID], _ schema: Schema, tombstones: Bool = true
    ) throws(SegmentError) -> Segment {
        var builder = SegmentBuilder(schema: schema)
        for entry in entries {
            var record = try segment.record(entry)
            for index in record.attributes.indices {
                let given = record.attributes[index].description
                guard let description = description(given, of: segment, schema) else {
                    throw SegmentError(.invalidRecord, "An attribute description is not one of the schema")
                }
                record.attributes[index].description = description
            }
            try builder.add(record)
        }
        if tombstones {
            for number in 0..<segment.tombstoneCount {
                builder.addTombstone(key: [UInt8](copying: try segment.tombstone(number)))
            }
        }
        return try Segment(mapping: try builder.finish(name: "segment built anew").mapping, schema: schema)
    }
}

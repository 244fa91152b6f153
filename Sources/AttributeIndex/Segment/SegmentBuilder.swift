public import Schema

/// Builds a segment from records that come in any order, each encoded and taken apart as it comes.
///
/// What is kept is octets in flat arrays: the record as it will stand in the file, and each distinct key once. Memory is about
/// what the file will take, less its indexes. `finish` sorts, and writes the file from its first octet to its last.
public struct SegmentBuilder: ~Copyable {
    /// The schema that records' attribute descriptions refer to.
    public private(set) var schema: Schema
    /// Records added so far.
    public var entryCount: Int { drafts.count }

    let seed: UInt64
    var drafts: [EntryDraft] = []
    var arena = RecordArena()
    var columns: [AttributeColumn] = []
    /// The keys of entries' parents, numbered; each entry's is in its draft.
    var parents: KeyColumn
    var sharedSlices: [UInt8] = []
    var tombstones: [[UInt8]] = []
    var foreignClasses: [[UInt8]] = []
    var aliasCount: UInt32 = 0
    var referralCount: UInt32 = 0

    /// Why the builder cannot be finished: an entry was too large when half of it was in.
    var failure: SegmentError?

    private var names = EntryNames()
    /// The column of each attribute type without options, by type; -1 before it is seen.
    private var columnOfType: [Int32] = []
    private var columnOfDescription: [AttributeDescription: Int] = [:]
    private var scratch = RecordScratch()

    /// A builder without records. `seed` seeds the hash tables; the same records and seed give the same octets.
    public init(schema: Schema, seed: UInt64 = .random(in: .min ... .max)) {
        self.schema = schema
        self.seed = seed
        parents = KeyColumn(seed: seed)
    }

    /// Goes on with a schema that has more definitions than the one before; IDs must mean what they meant.
    public mutating func extend(schema: Schema) {
        self.schema = schema
    }

    /// Adds an entry. Throws `.duplicateEntry` if there is one of its name, `.invalidRecord` for an attribute without values,
    /// twice in the record, or not of the schema; the entry is then not added. After `.tooLarge` the builder is of no more use.
    public mutating func add(_ record: EntryRecord) throws(SegmentError) {
        let key = record.dn.key.span
        guard drafts.count < SegmentFormat.entryLimit else {
            throw SegmentError(.tooLarge, "A segment holds at most \(SegmentFormat.entryLimit) entries")
        }
        let depth = DITKey.depth(of: key)
        guard depth <= SegmentFormat.depthLimit else {
            throw SegmentError(.tooLarge, "A distinguished name has more than \(SegmentFormat.depthLimit) parts")
        }
        let hash = octetHash(key, seed: seed)
        guard names.isNew(key, hash: hash, drafts, arena) else {
            throw SegmentError(.duplicateEntry, "There are two entries with one distinguished name")
        }
        try chooseColumns(record)
        do {
            try keep(record, hash: hash, depth: depth)
        } catch {
            // Keys were counted for an entry that is not there: nothing right can be built any more.
            failure = error
            throw error
        }
    }

    private mutating func keep(_ record: EntryRecord, hash: UInt32, depth: Int) throws(SegmentError) {
        let key = record.dn.key.span
        var flags: EntryFlags = []
        try encode(record, &flags)
        scratch.assemble(record.dn)
        let place = try arena.append(scratch.record)
        let parentLength = DITKey.parent(of: key)
        let parent = parentLength < 0 ? 0 : try parents.keys.intern(key.extracting(0..<parentLength)) + 1
        drafts.append(
            EntryDraft(
                place: place, keyStart: UInt32(truncatingIfNeeded: scratch.keyStart),
                keyCount: UInt32(truncatingIfNeeded: key.count), hash: hash, parent: parent,
                depth: UInt16(truncatingIfNeeded: depth), flags: flags))
        names.insert(hash: hash, drafts)
        if flags.contains(.alias) { aliasCount += 1 }
        if flags.contains(.referral) { referralCount += 1 }
    }

    /// Whether an entry with this DIT key was added.
    public func contains(key: Span<UInt8>) -> Bool {
        !names.isNew(key, hash: octetHash(key, seed: seed), drafts, arena)
    }

    /// Notes that the entry with this DIT key, if an older segment has it, is gone as of this segment.
    public mutating func addTombstone(key: [UInt8]) {
        tombstones.append(key)
    }

    /// Finds the column of each attribute of a record, made where it is the first of its kind.
    private mutating func chooseColumns(_ record: EntryRecord) throws(SegmentError) {
        scratch.removeAll()
        let attributes = record.attributes.span
        for index in attributes.indices {
            let column = try column(of: attributes[index].description)
            guard columns[column].lastEntry != drafts.count + 1, !attributes[index].values.isEmpty else {
                for earlier in scratch.columns { columns[earlier].lastEntry = 0 }
                throw SegmentError(
                    .invalidRecord, "The attribute \(columns[column].name) is given twice, or without values")
            }
            columns[column].lastEntry = drafts.count + 1
            scratch.columns.append(column)
        }
    }

    private mutating func column(of description: AttributeDescription) throws(SegmentError) -> Int {
        let type = description.type.index
        if description.options.isEmpty {
            if type < columnOfType.count, columnOfType[type] >= 0 { return Int(columnOfType[type]) }
        } else if let known = columnOfDescription[description] {
            return known
        }
        guard let column = AttributeColumn(description, schema: schema, seed: seed) else {
            throw SegmentError(.invalidRecord, "An attribute description is not one of the schema")
        }
        columns.append(column)
        if description.options.isEmpty {
            while columnOfType.count <= type { columnOfType.append(-1) }
            columnOfType[type] = Int32(truncatingIfNeeded: columns.count - 1)
        } else {
            columnOfDescription[description] = columns.count - 1
        }
        return columns.count - 1
    }

    /// Encodes user attributes, then operational ones, then hidden ones.
    private mutating func encode(_ record: EntryRecord, _ flags: inout EntryFlags) throws(SegmentError) {
        // Spans, here and below, because going through arrays of arrays would count references for each value.
        let attributes = record.attributes.span
        for kind in AttributeColumn.Kind.allCases {
            let start = scratch.slices.count
            for index in attributes.indices {
                let column = scratch.columns[index]
                guard columns[column].kind == kind else { continue }
                let sliceStart = scratch.slices.count
                scratch.encode(attributes[index].values, nameElement: columns[column].nameElement)
                try noteItem(column, sliceStart: sliceStart, valueCount: attributes[index].values.count)
                try noteKeys(attributes[index].values, column, &flags)
            }
            scratch.sizes[kind.rawValue] = scratch.slices.count - start
        }
    }

    /// Adds to the record's directory, and takes the slice out again where it is shared.
    private mutating func noteItem(_ column: Int, sliceStart: Int, valueCount: Int) throws(SegmentError) {
        if valueCount > 1 { columns[column].hasSeveral = true }
        let length = scratch.slices.count - sliceStart
        let shared = try columns[column].sharedOffset(of: scratch.slices, from: sliceStart, in: &sharedSlices)
        Varint.append(UInt64(column << 1 | (shared == nil ? 0 : 1)), to: &scratch.items)
        Varint.append(UInt64(length), to: &scratch.items)
        if let shared {
            Varint.append(UInt64(shared), to: &scratch.items)
            scratch.slices.removeLast(length)
        }
        Varint.append(UInt64(valueCount), to: &scratch.items)
    }

    private mutating func noteKeys(
        _ values: [[UInt8]], _ column: Int, _ flags: inout EntryFlags
    ) throws(SegmentError) {
        guard columns[column].rule != nil else { return }
        let values = values.span
        for index in values.indices {
            let number = try columns[column].number(of: values[index], schema, scratch: &scratch.key)
            scratch.ids.append(number)
            guard columns[column].isObjectClass, number > 0 else { continue }
            if columns[column].classFlags.count < Int(number) { noteClass(values[index], column) }
            flags.formUnion(columns[column].classFlags[Int(number) - 1])
        }
    }

    /// The first time that an object class is seen.
    private mutating func noteClass(_ value: [UInt8], _ column: Int) {
        columns[column].classFlags.append(EntryFlags(objectClass: value.span, schema: schema))
        // The schema in use may have been told of it; the one at the next opening may not.
        if Schema.builtIn.objectClass(value.span) == nil { foreignClasses.append(value) }
    }
}

extension EntryFlags {
    /// What an object class says of its entries.
    init(objectClass name: Span<UInt8>, schema: Schema) {
        self = []
        guard let found = schema.objectClass(name) else { return }
        for (oid, flag) in EntryFlags.classes {
            guard let known = schema.objectClass(oid), found.isSubclass(of: known) else { continue }
            insert(flag)
        }
    }

    private static let classes: [(oid: String, flag: EntryFlags)] = [
        ("2.5.6.1", .alias),
        ("2.16.840.1.113730.3.2.6", .referral),
        ("2.5.17.0", .subentry),
        ("1.3.6.1.4.1.4203.666.3.4", .glue),
    ]
}

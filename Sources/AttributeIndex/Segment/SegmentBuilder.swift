import ReusedMemory
public import Schema

/// Builds a segment from records that come in any order, each encoded and taken apart as it comes.
///
/// What is kept is octets in flat arrays: the record as it will stand in the file, and each distinct key once. Memory is about
/// what the file will take, less its indexes. `finish` sorts, and writes the file from its first octet to its last.
///
/// A bulk load has a builder for each of its threads, each of which numbers keys as it meets them, and makes them one at the
/// end: see `absorb`.
public struct SegmentBuilder: ~Copyable, Sendable {
    /// What one builder's numbers of columns and keys stand for.
    struct Part: Sendable {
        var columns: [AttributeColumn]
        /// The keys of entries' parents, numbered; each entry's is in its draft.
        var parents: KeyInterner
    }

    /// The schema that records' attribute descriptions refer to.
    public private(set) var schema: Schema
    /// Records added so far.
    public var entryCount: Int { drafts.count }
    /// Where in the input the next entry stands, in any count that grows: columns come in the order in which the input has
    /// them, whichever builder met them first.
    public var inputPosition = 0

    let seed: UInt64
    var drafts: [EntryDraft] = []
    var arena = RecordArena()
    var own: Part
    var absorbed: [Part] = []
    var tombstones: [[UInt8]] = []
    var aliasCount: UInt32 = 0
    var referralCount: UInt32 = 0

    /// Why the builder cannot be finished: an entry was too large when half of it was in.
    var failure: SegmentError?

    private var names = EntryNames()
    /// The column of each attribute type without options, by type; -1 before it is seen.
    private var columnOfType: [Int32] = []
    private var columnOfDescription: [AttributeDescription: Int] = [:]
    private var scratch = DraftScratch()
    private var key: [UInt8] = []

    /// A builder without records. `seed` seeds the hash tables; the same records and seed give the same octets.
    public init(schema: Schema, seed: UInt64 = .random(in: .min ... .max)) {
        self.schema = schema
        self.seed = seed
        own = Part(columns: [], parents: KeyInterner(seed: seed))
    }

    /// A builder without records that this one can absorb later.
    public func sibling() -> SegmentBuilder { SegmentBuilder(schema: schema, seed: seed) }

    /// Goes on with a schema that has more definitions than the one before; IDs must mean what they meant.
    public mutating func extend(schema: Schema) {
        self.schema = schema
    }

    /// Adds an entry. Throws `.duplicateEntry` if there is one of its name, `.invalidRecord` for an attribute without values,
    /// twice in the record, or not of the schema; the entry is then not added. After `.tooLarge` the builder is of no more use.
    public mutating func add(_ record: EntryRecord) throws(SegmentError) {
        var fields = EntryFields()
        fields.name.append(copying: record.dn.text.utf8.span)
        fields.key = record.dn.key
        for attribute in record.attributes {
            let place = fields.appendAttribute(
                column: try column(of: attribute.description), type: attribute.description.type,
                hasOptions: !attribute.description.options.isEmpty)
            for value in attribute.values { fields.append(value.span, toAttribute: place) }
        }
        try add(fields)
    }

    /// Adds an entry whose attributes are known by their columns (see `column(of:)`). Throws as for a record.
    public mutating func add(_ fields: borrowing EntryFields) throws(SegmentError) {
        let key = fields.key.span
        guard drafts.count < SegmentFormat.entryLimit else {
            throw SegmentError(.tooLarge, "A segment holds at most \(SegmentFormat.entryLimit) entries")
        }
        let depth = DITKey.depth(of: key)
        guard depth <= SegmentFormat.depthLimit else {
            throw SegmentError(.tooLarge, "A distinguished name has more than \(SegmentFormat.depthLimit) parts")
        }
        let hash = octetHash(key, seed: seed)
        guard names.isNew(key, hash: hash, drafts, arena) else { throw Self.duplicate }
        try check(fields)
        do {
            try keep(fields, hash: hash, depth: depth)
        } catch {
            // Keys were counted for an entry that is not there: nothing right can be built any more.
            failure = error
            throw error
        }
    }

    private static var duplicate: SegmentError {
        SegmentError(.duplicateEntry, "There are two entries with one distinguished name")
    }

    private mutating func keep(_ fields: borrowing EntryFields, hash: UInt32, depth: Int) throws(SegmentError) {
        var flags: EntryFlags = []
        try encode(fields, &flags)
        scratch.assemble(fields)
        let place = try arena.append(scratch.record)
        let parentLength = DITKey.parent(of: fields.key.span)
        let parent =
            parentLength < 0 ? 0 : try own.parents.intern(fields.key.span.extracting(0..<parentLength)) + 1
        drafts.append(
            EntryDraft(
                place: place, keyStart: UInt32(truncatingIfNeeded: scratch.keyStart),
                keyCount: UInt32(truncatingIfNeeded: fields.key.count), hash: hash, parent: parent,
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

    /// Takes over what a sibling was given. Throws `.duplicateEntry` if both have an entry of one name, `.tooLarge` for more
    /// than 255 siblings; the builder is then of no more use.
    public mutating func absorb(_ sibling: consuming SegmentBuilder) throws(SegmentError) {
        if let failure = failure ?? sibling.failure { throw failure }
        guard absorbed.count < Int(UInt8.max), sibling.absorbed.isEmpty, sibling.seed == seed else {
            throw SegmentError(.tooLarge, "A segment is built by at most 256 builders of one seed")
        }
        absorbed.append(sibling.own)
        let part = UInt8(truncatingIfNeeded: absorbed.count)
        let shift = arena.absorb(sibling.arena)
        drafts.reserveCapacity(drafts.count + sibling.drafts.count)
        for var draft in sibling.drafts {
            draft.place.chunk += shift
            draft.part = part
            let chunk = arena.chunk(draft.place)
            guard names.isNew(chunk.span.extracting(draft.key), hash: draft.hash, drafts, arena) else {
                failure = Self.duplicate
                throw Self.duplicate
            }
            drafts.append(draft)
            names.insert(hash: draft.hash, drafts)
        }
        tombstones += sibling.tombstones
        aliasCount += sibling.aliasCount
        referralCount += sibling.referralCount
    }

    /// The column of an attribute description, made where it is the first of its kind. Columns are numbered from 0.
    public mutating func column(of description: AttributeDescription) throws(SegmentError) -> Int {
        let type = description.type.index
        if description.options.isEmpty {
            if type < columnOfType.count, columnOfType[type] >= 0 { return Int(columnOfType[type]) }
        } else if let known = columnOfDescription[description] {
            return known
        }
        guard let column = AttributeColumn(description, schema: schema, seed: seed, firstSeen: inputPosition) else {
            throw SegmentError(.invalidRecord, "An attribute description is not one of the schema")
        }
        own.columns.append(column)
        if description.options.isEmpty {
            while columnOfType.count <= type { columnOfType.append(-1) }
            columnOfType[type] = Int32(truncatingIfNeeded: own.columns.count - 1)
        } else {
            columnOfDescription[description] = own.columns.count - 1
        }
        return own.columns.count - 1
    }

    /// Each attribute is one that has a column, is there once, and has a value.
    private mutating func check(_ fields: borrowing EntryFields) throws(SegmentError) {
        for index in fields.attributes.indices {
            let column = fields.attributes[index].column
            guard own.columns.indices.contains(column) else {
                throw SegmentError(.invalidRecord, "An attribute of the entry has no column")
            }
            guard own.columns[column].lastEntry != drafts.count + 1, fields.attributes[index].valueCount > 0 else {
                let name = own.columns[column].name
                for earlier in 0..<index { own.columns[fields.attributes[earlier].column].lastEntry = 0 }
                throw SegmentError(.invalidRecord, "The attribute \(name) is given twice, or without values")
            }
            own.columns[column].lastEntry = drafts.count + 1
        }
    }

    private mutating func encode(
        _ fields: borrowing EntryFields, _ flags: inout EntryFlags
    ) throws(SegmentError) {
        scratch.removeAll()
        for index in fields.attributes.indices {
            let attribute = fields.attributes[index]
            let column = attribute.column
            switch own.columns[column].traits.kind {
            case .user: try scratch.user.add(attribute, fields, to: &own.columns[column], schema, scratch: &key, &flags)
            case .operational:
                try scratch.operational.add(
                    attribute, fields, to: &own.columns[column], schema, scratch: &key, &flags)
            case .hidden:
                try scratch.hidden.add(attribute, fields, to: &own.columns[column], schema, scratch: &key, &flags)
            }
        }
    }
}

extension DraftSection {
    /// Encodes an attribute: its slice, its item of the record's directory, and the numbers of its values' keys.
    mutating func add(
        _ attribute: EntryFields.Attribute, _ fields: borrowing EntryFields, to column: inout AttributeColumn,
        _ schema: Schema, scratch: inout [UInt8], _ flags: inout EntryFlags
    ) throws(SegmentError) {
        if attribute.valueCount > 1 { column.hasSeveral = true }
        let start = slices.count
        encode(attribute, of: fields, name: column.nameElement.span)
        let length = slices.count - start
        let shared = try column.sharedNumber(of: slices.span.extracting(start...))
        if shared != nil { slices.truncate(to: start) }
        appendItem(column: attribute.column, length: length, shared: shared, valueCount: attribute.valueCount)
        guard column.traits.rule != nil else { return }
        var value = attribute.first
        while value >= 0 {
            let number = try column.number(of: fields.value(value), schema, scratch: &scratch)
            ids.append(number)
            if column.traits.isObjectClass, number > 0 {
                flags.formUnion(column.flags(ofClass: number, fields.value(value), schema))
            }
            value = fields.value(after: value)
        }
    }
}

extension AttributeColumn {
    /// What the object class with this key number says of its entries.
    fileprivate mutating func flags(ofClass number: UInt32, _ name: Span<UInt8>, _ schema: Schema) -> EntryFlags {
        if classFlags.count < Int(number) {
            classFlags.append(EntryFlags(objectClass: name, schema: schema))
            // The schema in use may have been told of it; the one at the next opening may not.
            if Schema.builtIn.objectClass(name) == nil { foreignClasses.append([UInt8](copying: name)) }
        }
        return classFlags[Int(number) - 1]
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

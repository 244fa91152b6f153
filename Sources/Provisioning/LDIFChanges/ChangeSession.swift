import AttributeIndex
import LDIF
import Schema

/// Makes change records to a generation, one after another, in memory.
struct ChangeSession {
    private var overlay: DirectoryOverlay
    private var assembler: EntryAssembler
    private var modifier: EntryModifier
    private var renamer: EntryRenamer
    private let completion: EntryCompletion
    private let schema: Schema
    private let suffix: DistinguishedName
    private let stamp: ChangeStamp
    private let structuralObjectClass: AttributeTypeID?
    private let sources: [SourceState]
    private(set) var counts = ChangeCounts()

    /// - Parameter sources: the identity providers whose entries are not to be changed.
    init(
        generation: Generation, schema: Schema, base: Schema, suffix: String, stamp: ChangeStamp, sources: [SourceState]
    ) throws(ProvisioningError) {
        self.schema = schema
        self.sources = sources
        self.stamp = stamp
        overlay = DirectoryOverlay(generation)
        assembler = EntryAssembler(schema: schema, known: base, stamp: stamp)
        let rules = EntryRules(schema: schema, known: base)
        modifier = EntryModifier(schema: schema, rules: rules)
        renamer = EntryRenamer(schema: schema, rules: rules)
        completion = EntryCompletion(schema: schema)
        structuralObjectClass = schema.attributeType("structuralObjectClass")?.id
        do {
            self.suffix = try DistinguishedName(parsing: suffix, schema: schema)
        } catch {
            throw ProvisioningError(.invalidName, "suffix: \(error)")
        }
    }

    /// What is to be stored.
    func changes() throws(ProvisioningError) -> [EntryChange] { try overlay.changes() }

    /// Makes the reader's current change record; one that is refused has changed nothing.
    mutating func apply(
        _ reader: borrowing LDIFReader, warnings: inout ImportWarnings
    ) throws(ProvisioningError) {
        let place = RecordPlace(file: reader.file, line: reader.line)
        let deletesTree = try checkControls(reader.controls, kind: reader.kind, at: place)
        switch reader.kind {
        case .content, .add:
            try add(try assembler.entry(of: reader, warnings: &warnings), at: place)
            counts.added += 1
        case .delete:
            try delete(try existing(reader, at: place).dn.key, withTree: deletesTree, at: place)
            counts.deleted += 1
        case .modify:
            try modify(try existing(reader, at: place), reader, at: place, &warnings)
            counts.modified += 1
        case .rename:
            try rename(try existing(reader, at: place), reader, at: place, &warnings)
            counts.renamed += 1
        }
    }

    /// The Tree Delete control (RFC 2849 example 7).
    private static let treeDelete = "1.2.840.113556.1.4.805"
    /// Manage DSA IT (RFC 3296): referral objects are always changed as the entries they are.
    private static let manageDsaIT = "2.16.840.1.113730.3.4.2"

    /// - Returns: whether a delete takes what is below with it.
    private func checkControls(
        _ controls: [LDIFControl], kind: LDIFReader.Kind, at place: RecordPlace
    ) throws(ProvisioningError) -> Bool {
        var deletesTree = false
        for control in controls {
            if control.oid == Self.treeDelete, kind == .delete {
                deletesTree = true
            } else if control.isCritical, control.oid != Self.manageDsaIT {
                throw ProvisioningError(
                    .criticalControl, at: place,
                    "expected no critical control but tree delete; \(control.oid) is not supported")
            }
        }
        return deletesTree
    }

    private func existing(
        _ reader: borrowing LDIFReader, at place: RecordPlace
    ) throws(ProvisioningError) -> EntryRecord {
        let name = try parse(reader.bytes(reader.dn), "dn", at: place)
        guard let record = try overlay.record(name.key) else {
            throw ProvisioningError(.noSuchEntry, at: place, "expected the name of an entry that is there")
        }
        try checkSource(of: record, at: place)
        return record
    }

    /// What an identity provider gives is changed there.
    private func checkSource(of record: EntryRecord, at place: RecordPlace) throws(ProvisioningError) {
        guard !sources.isEmpty, let source = record.source(schema) else { return }
        let name = sources.first { $0.id == source.id }?.name ?? "an identity provider"
        throw ProvisioningError(
            .identityProvider, at: place, "expected an entry of LDIF; \(record.dn.text) comes from \(name)")
    }

    private func parse(
        _ text: Span<UInt8>, _ what: String, at place: RecordPlace
    ) throws(ProvisioningError) -> DistinguishedName {
        do {
            return try DistinguishedName(parsing: text, schema: schema)
        } catch {
            let code = error.code == .unknownAttributeType ? ProvisioningError.Code.unknownName : .invalidName
            throw ProvisioningError(code, at: place, "\(what): \(error)")
        }
    }

    private mutating func add(_ record: EntryRecord, at place: RecordPlace) throws(ProvisioningError) {
        try checkPlace(record.dn, at: place)
        if let present = try overlay.record(record.dn.key), !isGlue(present) {
            throw ProvisioningError(.entryExists, at: place, "expected the name of an entry that is not there yet")
        }
        try overlay.put(record)
    }

    /// An entry is the suffix, or below an entry.
    private func checkPlace(_ name: DistinguishedName, at place: RecordPlace) throws(ProvisioningError) {
        guard DITKey.isWithin(name.key.span, subtreeOf: suffix.key.span) else {
            throw ImportTree.outside(suffix, at: place)
        }
        guard name.key != suffix.key else { return }
        let parent = Array(name.key[..<max(0, DITKey.parent(of: name.key.span))])
        guard try overlay.contains(parent) else {
            throw ProvisioningError(.noParent, at: place, "expected the entry above to be there; add it first")
        }
        guard !sources.isEmpty, let record = try overlay.record(parent) else { return }
        try checkSource(of: record, at: place)
    }

    private func isGlue(_ record: EntryRecord) -> Bool {
        record.attributes.contains { attribute in
            attribute.description.type == structuralObjectClass && attribute.values.first.map(isGlueName) ?? false
        }
    }

    private func isGlueName(_ value: [UInt8]) -> Bool {
        value.elementsEqual("glue".utf8)
    }

    private mutating func delete(
        _ key: [UInt8], withTree: Bool, at place: RecordPlace
    ) throws(ProvisioningError) {
        if try overlay.childCount(key) > 0 {
            guard withTree else {
                throw ProvisioningError(
                    .notALeaf, at: place, "expected an entry without entries below it; delete those first")
            }
            let below = try overlay.descendants(of: key)
            for record in below { try checkSource(of: record, at: place) }
            for record in below.reversed() { try overlay.remove(record.dn.key) }
        }
        try overlay.remove(key)
    }

    private mutating func modify(
        _ before: EntryRecord, _ reader: borrowing LDIFReader, at place: RecordPlace, _ warnings: inout ImportWarnings
    ) throws(ProvisioningError) {
        guard case .modify(let modifications) = reader.record.change, !modifications.isEmpty else { return }
        var record = before
        for modification in modifications { try modifier.apply(modification, to: &record, file: reader.file) }
        try finish(&record, at: place, &warnings)
        try overlay.put(record)
    }

    /// Checks a changed entry as a whole, and stamps it.
    private mutating func finish(
        _ record: inout EntryRecord, at place: RecordPlace, _ warnings: inout ImportWarnings
    ) throws(ProvisioningError) {
        let fields = assembler.fields(of: record)
        try assembler.rules.checkNaming(fields, at: place)
        let rules = assembler.rules.classRules(of: fields)
        try assembler.rules.checkClasses(fields, rules, at: place, warnings: &warnings)
        try assembler.rules.checkPasswords(fields, at: place, warnings: &warnings)
        try checkStructuralClass(of: record, rules, at: place)
        completion.restamp(&record, structuralClass: rules.structuralClass, stamp: stamp)
    }

    /// RFC 4512 section 2.4.2: an entry stays what it is.
    private func checkStructuralClass(
        of record: EntryRecord, _ rules: ClassRules, at place: RecordPlace
    ) throws(ProvisioningError) {
        guard
            let before = record.attributes.first(where: { $0.description.type == structuralObjectClass })?.values.first,
            let after = rules.structuralClass, !isGlueName(before)
        else { return }
        guard schema.objectClass(before.span) === schema.objectClass(after.span) else {
            throw ProvisioningError(
                .schemaViolation, at: place,
                "expected the structural object class to stay what it is; delete the entry "
                    + "and add it anew")
        }
    }

    private mutating func rename(
        _ before: EntryRecord, _ reader: borrowing LDIFReader, at place: RecordPlace, _ warnings: inout ImportWarnings
    ) throws(ProvisioningError) {
        let old = before.dn
        let name = try newName(of: old, reader, at: place)
        if name.key != old.key {
            guard !DITKey.isWithin(name.key.span, subtreeOf: old.key.span) else {
                throw ProvisioningError(.notALeaf, at: place, "expected a new place that is not below the entry itself")
            }
            try checkPlace(name, at: place)
            guard try !overlay.contains(name.key) else {
                throw ProvisioningError(.entryExists, at: place, "expected a new name that no entry has")
            }
        }
        let below = try overlay.descendants(of: old.key)
        for record in below { try checkSource(of: record, at: place) }
        var record = before
        try renamer.rename(&record, to: name, deleteOldRDN: reader.deleteOldRDN, at: place)
        try finish(&record, at: place, &warnings)
        var moved = [record]
        for var entry in below {
            entry.dn = try renamer.name(of: entry.dn, below: old, movedTo: name, at: place)
            moved.append(entry)
        }
        for entry in below.reversed() { try overlay.remove(entry.dn.key) }
        try overlay.remove(old.key)
        for entry in moved { try overlay.put(entry) }
    }

    private func newName(
        of old: DistinguishedName, _ reader: borrowing LDIFReader, at place: RecordPlace
    ) throws(ProvisioningError) -> DistinguishedName {
        var parent = old.parent ?? .empty
        if let superior = reader.newSuperior {
            let name = try parse(reader.bytes(superior), "newsuperior", at: place)
            guard let entry = try overlay.record(name.key) else {
                throw ProvisioningError(.noParent, at: place, "expected 'newsuperior:' to name an entry that is there")
            }
            // As the entry itself is spelled: names below it then read alike.
            parent = entry.dn
        }
        return try renamer.name(reader.copy(reader.newRDN), below: parent, at: place)
    }
}

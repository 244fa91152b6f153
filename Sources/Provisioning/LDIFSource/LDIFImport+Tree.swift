import AttributeIndex
import LDIF
import Schema

extension LDIFImport {
    /// The error for what stands first in the files: a name given twice, or the mistake that was found.
    ///
    /// The entry with the mistake is not looked at: what is wrong with it was found before its name was compared.
    func firstMistake(
        _ mistake: ImportWork.Mistake?, _ schema: Schema
    ) throws(ProvisioningError) -> ProvisioningError {
        var names: Set<[UInt8]> = []
        for (number, path) in paths.enumerated() {
            var reader = try open(path)
            while try next(&reader) {
                if let mistake, mistake.file == number, reader.line >= mistake.line { return mistake.error }
                var key: [UInt8] = []
                guard (try? schema.appendDNKey(of: reader.bytes(reader.dn), to: &key)) != nil else { continue }
                if names.insert(key).inserted { continue }
                return duplicate(of: key, schema, at: RecordPlace(file: path, line: reader.line))
            }
        }
        return mistake?.error ?? ProvisioningError(.index, "the files changed while they were read")
    }

    /// Adds an entry that no file gives.
    private func add(
        _ record: EntryRecord, to builder: inout SegmentBuilder, at place: RecordPlace
    ) throws(ProvisioningError) {
        do {
            try builder.add(record)
        } catch {
            throw ProvisioningError(.index, at: place, error.description)
        }
    }

    /// Makes the suffix entry, ou=People and the parents that no file gives.
    func addMissing(
        to builder: inout SegmentBuilder, _ tree: ImportTree, _ suffix: DistinguishedName, _ schema: Schema,
        _ warnings: inout ImportWarnings
    ) throws(ProvisioningError) {
        let made = MadeEntries(schema: schema, stamp: options.stamp)
        let suffixPlace = RecordPlace(file: paths.first ?? "", line: 0)
        if !builder.contains(key: suffix.key.span) {
            try add(made.container(suffix), to: &builder, at: suffixPlace)
        }
        for name in try people(below: suffix, schema) where !builder.contains(key: name.key.span) {
            try add(made.container(name), to: &builder, at: suffixPlace)
        }
        // Sorted, so that the same files always give the same directory.
        for key in tree.parents.keys.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
            guard let parent = tree.parents[key] else { continue }
            var name: DistinguishedName? = parent.name
            while let missing = name, DITKey.isWithin(missing.key.span, subtreeOf: suffix.key.span),
                !builder.contains(key: missing.key.span)
            {
                try add(made.glue(missing), to: &builder, at: parent.place)
                try warnings.note(.missingParent, name: missing.text, at: parent.place, "")
                name = missing.parent
            }
        }
    }

    /// The name of ou=People; none where the suffix is that already.
    private func people(
        below suffix: DistinguishedName, _ schema: Schema
    ) throws(ProvisioningError) -> [DistinguishedName] {
        do {
            let name = try DistinguishedName(parsing: "ou=People,\(suffix.text)", schema: schema)
            return NamingPart.parts(ofKey: suffix.key).first == NamingPart.parts(ofKey: name.key).first ? [] : [name]
        } catch {
            throw ProvisioningError(.invalidName, "suffix: \(error)")
        }
    }

    /// The error for an entry outside the suffix: the files are read again to say where it is.
    func firstOutside(_ suffix: DistinguishedName, _ schema: Schema) throws(ProvisioningError) -> ProvisioningError {
        let place = try firstPlace(schema) { !DITKey.isWithin($0, subtreeOf: suffix.key.span) }
        return ImportTree.outside(suffix, at: place ?? RecordPlace(file: paths.first ?? "", line: 0))
    }

    /// The error for a name given twice: the files are read again to say where it was given first.
    private func duplicate(of key: [UInt8], _ schema: Schema, at place: RecordPlace) -> ProvisioningError {
        let first = try? firstPlace(schema) { $0.elementsEqual(key.span) }
        let before = first.map { "; this one was given at \($0)" } ?? ""
        return ProvisioningError(.duplicateEntry, at: place, "expected each name once" + before)
    }

    /// The first entry whose DIT key is one that `isWanted`.
    private func firstPlace(
        _ schema: Schema, where isWanted: (Span<UInt8>) -> Bool
    ) throws(ProvisioningError) -> RecordPlace? {
        for path in paths {
            var reader = try open(path)
            while try next(&reader) {
                var key: [UInt8] = []
                guard (try? schema.appendDNKey(of: reader.bytes(reader.dn), to: &key)) != nil else { continue }
                if isWanted(key.span) { return RecordPlace(file: path, line: reader.line) }
            }
        }
        return nil
    }
}

extension Span<UInt8> {
    /// Whether both hold the same octets.
    func elementsEqual(_ other: Span<UInt8>) -> Bool {
        guard count == other.count else { return false }
        for index in indices where self[index] != other[index] { return false }
        return true
    }
}

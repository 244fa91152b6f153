import AttributeIndex
import ReusedMemory
import Schema

/// What an import learns of the tree while entries go by: the suffix, and which parents have to be there.
struct ImportTree: Sendable {
    private let configuredSuffix: DistinguishedName?
    private var shortest: DistinguishedName?
    private var shortestDepth = Int.max
    private var entryCount = 0
    /// The key of the deepest name that all entries are at or below.
    private var common: [UInt8]?
    /// The parents of entries, each with the entry that was first below it.
    private(set) var parents: [[UInt8]: (name: DistinguishedName, place: RecordPlace)] = [:]
    private var lastParent: [UInt8] = []

    init(suffix: DistinguishedName?) {
        configuredSuffix = suffix
    }

    /// Takes note of one more entry.
    mutating func add(
        _ fields: borrowing EntryFields, _ schema: Schema, at place: RecordPlace
    ) throws(ProvisioningError) {
        let key = fields.key.span
        if let suffix = configuredSuffix, !DITKey.isWithin(key, subtreeOf: suffix.key.span) {
            throw Self.outside(suffix, at: place)
        }
        entryCount += 1
        let depth = DITKey.depth(of: key)
        if depth < shortestDepth {
            shortest = name(fields, schema)
            shortestDepth = depth
        }
        narrowCommon(to: key)
        let parentLength = DITKey.parent(of: key)
        guard parentLength > 0, !isLastParent(key, parentLength) else { return }
        lastParent = Array(fields.key[..<parentLength])
        if parents[lastParent] == nil, let parent = name(fields, schema)?.parent {
            parents[lastParent] = (parent, place)
        }
    }

    /// The entry's name, which was read before.
    private func name(_ fields: borrowing EntryFields, _ schema: Schema) -> DistinguishedName? {
        try? DistinguishedName(parsing: fields.name.span, schema: schema)
    }

    /// Takes note of what another tree has noted of the entries that follow.
    mutating func add(_ next: ImportTree) {
        entryCount += next.entryCount
        if next.shortestDepth < shortestDepth {
            shortest = next.shortest
            shortestDepth = next.shortestDepth
        }
        if let common = next.common { narrowCommon(to: common.span) }
        parents.merge(next.parents) { known, _ in known }
    }

    private func isLastParent(_ key: Span<UInt8>, _ length: Int) -> Bool {
        guard lastParent.count == length else { return false }
        for index in 0..<length where lastParent[index] != key[index] { return false }
        return true
    }

    private mutating func narrowCommon(to key: Span<UInt8>) {
        guard var prefix = common else {
            common = key.copied
            return
        }
        if DITKey.isWithin(key, subtreeOf: prefix.span) { return }
        while !DITKey.isWithin(key, subtreeOf: prefix.span) {
            prefix.removeSubrange(max(0, DITKey.parent(of: prefix.span))...)
        }
        common = prefix
    }

    /// The suffix: as configured; else the shortest name, where it is one that others can be below.
    ///
    /// A file of people only is below no entry of its own: then it is the nearest organization or domain above them.
    var suffix: DistinguishedName? {
        if let configuredSuffix { return configuredSuffix }
        guard let shortest, let common else { return nil }
        if Self.isNamed(shortest, by: Self.organizations) { return shortest }
        let holdsAll = DITKey.isWithin(common.span, subtreeOf: shortest.key.span)
        if holdsAll, entryCount > 1 || Self.isNamed(shortest, by: ["ou"]) { return shortest }
        var name = shortest.parent
        while let ancestor = name, !ancestor.key.isEmpty {
            if Self.isNamed(ancestor, by: Self.organizations) { return ancestor }
            name = ancestor.parent
        }
        return shortest
    }

    /// Whether every entry is the suffix or below it.
    func isWhole(_ suffix: DistinguishedName) -> Bool {
        common.map { DITKey.isWithin($0.span, subtreeOf: suffix.key.span) } ?? true
    }

    /// The error for an entry outside the suffix.
    static func outside(_ suffix: DistinguishedName, at place: RecordPlace) -> ProvisioningError {
        ProvisioningError(.outsideSuffix, at: place, "expected a name that is, or ends in, the suffix \(suffix.text)")
    }

    /// Attribute types that name what suffixes are.
    private static let organizations = ["dc", "o", "c", "l", "st"]

    private static func isNamed(_ name: DistinguishedName, by types: [String]) -> Bool {
        guard let part = NamingPart.parts(ofKey: name.key).first else { return false }
        return types.contains(String(decoding: part.type, as: UTF8.self))
    }
}

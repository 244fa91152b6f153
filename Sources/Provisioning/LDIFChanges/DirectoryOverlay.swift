import AttributeIndex
import Schema

/// A generation with changes over it that are not stored yet: what a file's next change record sees.
struct DirectoryOverlay {
    private let generation: Generation
    /// The state of every entry touched, by DIT key; nil where it is no more.
    private var touched: [[UInt8]: EntryRecord?] = [:]
    private var order: [[UInt8]] = []
    /// How many more entries are directly below a key than in the generation.
    private var childrenAdded: [[UInt8]: Int] = [:]

    init(_ generation: Generation) {
        self.generation = generation
    }

    /// The entry with this key.
    func record(_ key: [UInt8]) throws(ProvisioningError) -> EntryRecord? {
        if let known = touched[key] { return known }
        do {
            guard let place = try generation.find(key.span) else { return nil }
            return try generation.segments[place.segment].record(place.entry)
        } catch {
            throw ProvisioningError(.index, error.description)
        }
    }

    /// Whether there is an entry with this key.
    func contains(_ key: [UInt8]) throws(ProvisioningError) -> Bool {
        if let known = touched[key] { return known != nil }
        do {
            return try generation.find(key.span) != nil
        } catch {
            throw ProvisioningError(.index, error.description)
        }
    }

    /// How many entries are directly below this key.
    func childCount(_ key: [UInt8]) throws(ProvisioningError) -> Int {
        do {
            return try generation.childCount(key.span) + childrenAdded[key, default: 0]
        } catch {
            throw ProvisioningError(.index, error.description)
        }
    }

    /// Makes the entry what the record says.
    mutating func put(_ record: EntryRecord) throws(ProvisioningError) {
        if try !contains(record.dn.key) { count(record.dn.key, 1) }
        touch(record.dn.key, record)
    }

    /// Takes the entry away.
    mutating func remove(_ key: [UInt8]) throws(ProvisioningError) {
        if try contains(key) { count(key, -1) }
        touch(key, nil)
    }

    private mutating func touch(_ key: [UInt8], _ record: EntryRecord?) {
        if touched[key] == nil { order.append(key) }
        touched[key] = .some(record)
    }

    private mutating func count(_ key: [UInt8], _ difference: Int) {
        let parent = DITKey.parent(of: key.span)
        guard parent >= 0 else { return }
        childrenAdded[Array(key[..<parent]), default: 0] += difference
    }

    /// The entries below this key, parents before children.
    func descendants(of key: [UInt8]) throws(ProvisioningError) -> [EntryRecord] {
        var found: [EntryRecord] = []
        do {
            for (index, segment) in generation.segments.enumerated() {
                for entry in try segment.subtree(of: key.span) where !generation.isDead(segment: index, entry: entry) {
                    let record = try segment.record(entry)
                    if record.dn.key != key, touched[record.dn.key] == nil { found.append(record) }
                }
            }
        } catch {
            throw ProvisioningError(.index, error.description)
        }
        for case let record? in touched.values
        where record.dn.key != key && DITKey.isWithin(record.dn.key.span, subtreeOf: key.span) {
            found.append(record)
        }
        return found.sorted { $0.dn.key.lexicographicallyPrecedes($1.dn.key) }
    }

    /// What is to be stored, in the order in which entries were first touched.
    func changes() throws(ProvisioningError) -> [EntryChange] {
        var changes: [EntryChange] = []
        for key in order {
            guard let state = touched[key] else { continue }
            if let record = state {
                changes.append(.put(record))
            } else if try isStored(key) {
                changes.append(.delete(key: key))
            }
        }
        return changes
    }

    private func isStored(_ key: [UInt8]) throws(ProvisioningError) -> Bool {
        do {
            return try generation.find(key.span) != nil
        } catch {
            throw ProvisioningError(.index, error.description)
        }
    }
}

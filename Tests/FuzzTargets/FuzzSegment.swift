import AttributeIndex
import Schema
import Storage

/// Opens a segment whose checksums are made right first, and asks it for everything it has. It may refuse at any point.
func fuzzSegment(_ input: [UInt8]) throws {
    var octets = input
    repairChecksums(&octets)
    guard let mapping = try? MappedFile(copying: octets.span, name: "fuzz.segment"),
        let segment = try? Segment(mapping: mapping, schema: .builtIn)
    else { return }
    var walk = SegmentWalk(segment: segment)
    try? segment.verifyChecksums()
    try walk.entries()
    try walk.attributes()
    for index in 0..<min(segment.tombstoneCount, 50) { _ = try? segment.tombstone(index).count }
}

/// Asks a segment everything, within a number of steps: what a damaged one says of itself may be millions.
private struct SegmentWalk {
    let segment: Segment
    var steps = 3_000

    mutating func step() -> Bool {
        steps -= 1
        return steps > 0
    }

    mutating func entries() throws {
        for entry in 0..<segment.entryCount {
            guard step() else { return }
            _ = try? segment.depth(entry)
            _ = try? segment.flags(entry)
            if let subtree = try? segment.subtree(ofEntry: entry) {
                try demand(subtree.upperBound <= segment.entryCount, "a subtree ends inside the segment")
            }
            guard let key = try? segment.entryKey(entry).octets else { continue }
            walk(segment.beginProbe(entryWithKey: key.span))
            _ = try? segment.entry(withKey: key.span)
            _ = try? segment.subtree(of: key.span)
            _ = try? segment.lowerBound(key.span)
            if let children = try? segment.children(ofKey: key.span) { try walk(children) }
            if let record = try? segment.record(entry) {
                steps -= record.attributes.count
                try demand(record.attributes.allSatisfy { !$0.values.isEmpty }, "a record's attribute has values")
            }
            try valueIDs(of: entry)
        }
    }

    private mutating func valueIDs(of entry: EntryID) throws {
        guard let view = try? segment.view(entry) else { return }
        for attribute in segment.attributes.indices {
            guard let values = try? segment.valueIDs(of: view, attribute: attribute) else { continue }
            for index in 0..<values.count {
                guard step() else { return }
                if let id = try? values.valueID(index, in: segment) { _ = try? segment.key(attribute, id).count }
            }
        }
    }

    mutating func attributes() throws {
        for attribute in segment.attributes.indices {
            guard step() else { return }
            if let presence = try? segment.presence(attribute) { try walk(presence) }
            var value: UInt32 = 0
            while let key = try? segment.key(attribute, value).octets, step() {
                walk(segment.beginProbe(attribute, key.span))
                if let found = try? segment.valueID(attribute, equalTo: key.span) {
                    try demand((try? segment.key(attribute, found).octets) == key, "a value that is found is the one")
                }
                _ = try? segment.lowerBound(attribute, key: key.span)
                let prefix = Array(key.prefix(3))
                if let range = try? segment.prefixRange(attribute, prefix: prefix.span) {
                    _ = try? segment.entryCount(attribute, values: range)
                }
                if let postings = try? segment.postings(attribute, value) { try walk(postings) }
                _ = try? segment.entryCount(attribute, value)
                if var candidates = try? segment.trigramCandidates(attribute, needle: key.span) {
                    while step(), ((try? candidates.next(in: segment)) ?? nil) != nil {}
                }
                value += 1
            }
        }
    }

    private func walk(_ probe: KeyProbe?) {
        guard var probe else { return }
        for _ in 0..<KeyProbe.steps { segment.advance(&probe) }
    }

    private mutating func walk(_ cursor: PostingCursor) throws {
        var cursor = cursor
        var last: UInt32?
        while step(), let entry = (try? cursor.next(in: segment)) ?? nil {
            try demand(entry < segment.entryCount, "an entry that is posted is in the segment")
            try demand(last.map { $0 < entry } ?? true, "postings ascend")
            last = entry
            if steps.isMultiple(of: 5) { _ = try? cursor.next(atLeast: entry &+ 3, in: segment) }
        }
    }
}

extension Span<UInt8> {
    fileprivate var octets: [UInt8] {
        var copy: [UInt8] = []
        for index in indices { copy.append(self[index]) }
        return copy
    }
}

/// Makes header, checksum table and footer right, where they are where a segment has them: damage that checksums find is
/// tried elsewhere; here it must get past them.
func repairChecksums(_ octets: inout [UInt8]) {
    let footer = octets.count - 256
    guard footer >= 16 else { return }
    let version: [UInt8] = [3, 0, 0, 0]
    octets.replaceSubrange(0..<12, with: Array("peopled\0".utf8) + version)
    octets.replaceSubrange(footer..<footer + 12, with: Array("segment\0".utf8) + version)
    // The covered octets: what is left when the table, four octets for each 64 KiB, has its place.
    var covered = footer
    while covered + 4 * MappedFile.blockCount(covered) > footer { covered -= 1 }
    guard covered >= 16, covered + 4 * MappedFile.blockCount(covered) == footer else { return }
    let table = MappedFile.checksumTable(of: octets.span.extracting(0..<covered))
    octets.replaceSubrange(covered..<footer, with: table)
    func put(_ value: UInt64, _ count: Int, at offset: Int) {
        for index in 0..<count { octets[offset + index] = UInt8(truncatingIfNeeded: value >> UInt64(8 * index)) }
    }
    put(UInt64(CRC32C.checksum(table.span)), 4, at: footer + 36)
    put(UInt64(covered), 8, at: footer + 48)
    put(UInt64(CRC32C.checksum(octets.span.extracting(footer..<footer + 252))), 4, at: footer + 252)
}

import Schema

/// Cross-references of entries, checked one by one: for `check`, which has the time.
struct SegmentCheck {
    private let segment: Segment

    init(_ segment: Segment) { self.segment = segment }

    /// Every entry must come after the one before, be found by its key, lie in its parent's subtree and give its record.
    func run() throws(SegmentError) {
        var last: [UInt8] = []
        for entry in 0..<segment.entryCount {
            let record = try segment.record(entry)
            let key = try segment.entryKey(entry)
            guard record.dn.key.span.equals(key) else { throw wrong(entry, "its name is not the one it is sorted by") }
            if entry > 0, last.span.compare(key) >= 0 { throw wrong(entry, "it is out of order") }
            guard try segment.entry(withKey: key) == entry else { throw wrong(entry, "it is not found by its name") }
            guard try segment.depth(entry) == DITKey.depth(of: key) else { throw wrong(entry, "its depth is wrong") }
            try subtree(entry, record.dn.key)
            last = record.dn.key
        }
        last = []
        for number in 0..<segment.tombstoneCount {
            let key = try segment.tombstone(number)
            guard number == 0 || last.span.compare(key) < 0 else { throw .damaged("deleted names are out of order") }
            last = Array(copying: key)
        }
    }

    private func subtree(_ entry: EntryID, _ key: [UInt8]) throws(SegmentError) {
        let range = try segment.subtree(ofEntry: entry)
        let isLastWithin = DITKey.isWithin(try segment.entryKey(range.upperBound - 1), subtreeOf: key.span)
        var isNextWithin = false
        if range.upperBound < segment.entryCount {
            isNextWithin = DITKey.isWithin(try segment.entryKey(range.upperBound), subtreeOf: key.span)
        }
        guard isLastWithin, !isNextWithin else { throw wrong(entry, "its subtree ends in the wrong place") }
    }

    private func wrong(_ entry: EntryID, _ finding: String) -> SegmentError { .damaged("entry \(entry): \(finding)") }

    /// Every live entry below another must have its own parent.
    static func parents(of generation: Generation) throws(SegmentError) {
        for (index, segment) in generation.segments.enumerated() {
            for entry in 0..<segment.entryCount where !generation.isDead(segment: index, entry: entry) {
                let key = try segment.entryKey(entry)
                let length = DITKey.parent(of: key)
                guard length > 0, try generation.find(key.extracting(0..<length)) == nil else { continue }
                guard try !hasAncestor(key.extracting(0..<length), in: generation) else {
                    throw .damaged("entry \(entry) of segment \(index) has an ancestor but no parent")
                }
            }
        }
    }

    private static func hasAncestor(_ key: Span<UInt8>, in generation: Generation) throws(SegmentError) -> Bool {
        var length = DITKey.parent(of: key)
        while length > 0 {
            if try generation.find(key.extracting(0..<length)) != nil { return true }
            length = DITKey.parent(of: key.extracting(0..<length))
        }
        return false
    }
}

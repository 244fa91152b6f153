import Schema

/// Every cross-reference of a segment, from both its ends: for `check`, which has the time.
///
/// Entries are gone through once, in their order, and leave a few octets for each value of each dictionary; then each
/// dictionary is gone through and compared with that. Nothing is looked up for each pair of an entry and a value, so a
/// segment takes not much longer to check than it took to build.
struct SegmentCheck {
    private let segment: Segment

    init(_ segment: Segment) { self.segment = segment }

    /// What is wrong: nothing, in a segment as the builder writes it.
    func run() -> [SegmentProblem] {
        var entries = EntryCheck(segment)
        entries.run()
        var problems = entries.problems.all
        for (index, attribute) in segment.attributes.enumerated() {
            let row = segment.rows[index]
            var dictionary = DictionaryCheck(segment, row, name: attribute.name)
            dictionary.run(entries.isComplete ? entries.tallies[index] : nil)
            var trigrams = TrigramCheck(segment, row, name: attribute.name)
            trigrams.run()
            problems += dictionary.problems.all + trigrams.problems.all
        }
        var parents = DictionaryCheck(segment, segment.parents, name: nil)
        parents.run(entries.isComplete ? entries.children : nil)
        return problems + parents.problems.all + tombstones()
    }

    /// Deleted names must ascend, and fill their section.
    private func tombstones() -> [SegmentProblem] {
        var problems = SegmentProblems()
        do throws(SegmentError) {
            var last: [UInt8] = []
            var size = 4 * (segment.tombstoneCount + 1)
            for number in 0..<segment.tombstoneCount {
                let key = try segment.tombstone(number)
                if number > 0, last.span.compare(key) >= 0 {
                    problems.note(.tombstones, "name \(number) is not above the one before")
                }
                last = Array(copying: key)
                size += last.count
            }
            if size != segment.footer[.tombstones].count {
                problems.note(.tombstones, "they do not fill their section")
            }
        } catch {
            problems.note(.tombstones, error)
        }
        return problems.all
    }

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

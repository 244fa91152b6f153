@testable import AttributeIndex

/// What a segment says, to compare it with another or to see whether it can be asked at all.
enum SegmentAnswers {
    /// Everything a segment can be asked, as text; or the first error.
    static func all(_ segment: Segment) throws -> [String] {
        var answers: [String] = []
        for (index, attribute) in segment.attributes.enumerated() {
            answers.append("\(attribute.name) \(try segment.numbers(segment.presence(index)))")
            for valueID in 0..<min(attribute.valueCount, 200) {
                segment.prefetchRow(ofValue: valueID, index)
                segment.prefetchKey(valueID, index)
                segment.prefetchRow(ofEntryWith: valueID, index)
                segment.prefetchRecord(ofEntryWith: valueID, index)
                let key = [UInt8](copying: try segment.key(index, valueID))
                let entries = try segment.numbers(segment.postings(index, valueID))
                if var probe = segment.beginProbe(index, key.span) {
                    for _ in 0..<KeyProbe.steps { segment.advance(&probe) }
                }
                let found = try segment.match(index, equalTo: key.span)
                let matched = try found.map { try segment.numbers($0.postings) }
                answers.append("\(key) \(entries) \(found?.valueID ?? 0) \(matched ?? [])")
                var batches = try segment.postings(index, valueID)
                var batch = PostingBatch()
                while try batches.next(into: &batch, in: segment) { answers.append("\(batch.count)") }
                let first = try segment.firstValue(
                    index, in: 0..<attribute.valueCount, holding: Array(key.suffix(2)).span)
                answers.append("\(first ?? 0)")
                let range = try segment.prefixRange(index, prefix: Array(key.prefix(2)).span)
                answers.append("\(range) \(try segment.entryCount(index, values: range))")
                guard key.count >= 4 else { continue }
                guard var cursor = try segment.trigramCandidates(index, needle: Array(key.prefix(4)).span) else {
                    continue
                }
                while let candidate = try cursor.next(in: segment) { answers.append("\(candidate)") }
            }
        }
        for entry in 0..<min(segment.entryCount, 200) {
            let record = try segment.record(entry)
            let view = try segment.view(entry)
            answers.append("\(record) \(view.subtree) \(view.flags) \(view.depth)")
            var items = segment.items(view)
            while let item = try items.next(in: segment) {
                for place in 0..<item.valueIDs.count {
                    answers.append("\(try item.valueIDs.valueID(place, in: segment) ?? 0)")
                }
            }
            let key = [UInt8](copying: try segment.entryKey(entry))
            if var probe = segment.beginProbe(entryWithKey: key.span) {
                for _ in 0..<KeyProbe.steps { segment.advance(&probe) }
            }
            answers.append("\(try segment.entry(withKey: key.span) ?? 0) \(try segment.childCount(ofKey: key.span))")
            answers.append("\(try segment.subtree(of: Array(key.dropLast()).span))")
        }
        for number in 0..<min(segment.tombstoneCount, 100) {
            answers.append("\([UInt8](copying: try segment.tombstone(number)))")
        }
        return answers
    }
}

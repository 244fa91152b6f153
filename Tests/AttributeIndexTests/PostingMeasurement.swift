import Storage

@testable import AttributeIndex

/// Size and speed of the encodings on the lists of a segment, those that are written in blocks: the others are runs and bitmaps.
enum PostingMeasurement {
    static func all(_ segment: Segment) throws {
        for (index, attribute) in segment.attributes.enumerated() where attribute.hasDictionary {
            let row = segment.rows[index]
            var values: [PostingCursor] = []
            for valueID in 0..<attribute.valueCount { values.append(try segment.postings(index, valueID)) }
            try compare("entries by \(attribute.name)", values, universe: Int(segment.entryCount), segment)
            let trigrams = TrigramIndex(row: row, bytes: segment.bytes)
            let lists = try (0..<Int(row.trigramSlots)).compactMap { try trigrams.list(inSlot: $0) }
            try compare("trigrams of \(attribute.name)", lists, universe: Int(row.valueCount), segment)
        }
    }

    private static func compare(
        _ name: String, _ cursors: [PostingCursor], universe: Int, _ segment: Segment
    ) throws {
        var lists: [[UInt32]] = []
        for cursor in cursors where cursor.kind == .blocks {
            var stream = PackedBlocks.CursorStream(cursor: cursor, bytes: segment.bytes)
            lists.append(try numbers(&stream))
        }
        let total = lists.reduce(0) { $0 + $1.count }
        guard total >= 10_000 else { return }
        print("\(name): \(lists.count) lists, \(total / lists.count) numbers each")
        try measure(VarintBlocks.self, lists, universe, total)
        try measure(PackedBlocks.self, lists, universe, total)
        try measure(PlainNumbers.self, lists, universe, total)
    }

    private static func measure<Encoding: PostingEncoding>(
        _ type: Encoding.Type, _ lists: [[UInt32]], _ universe: Int, _ total: Int
    ) throws {
        let encoding = try Encoding(lists, universe: universe)
        let clock = ContinuousClock()
        var checksum: UInt64 = 0
        let decoding = try best(clock) {
            for list in lists.indices {
                var stream = try encoding.stream(list)
                var batch = PostingBatch()
                while try stream.next(into: &batch) { checksum &+= UInt64(batch.last) }
            }
        }
        let intersecting = try best(clock) {
            for list in lists.indices.dropFirst() {
                var one = try encoding.stream(list - 1)
                var other = try encoding.stream(list)
                checksum &+= try common(&one, &other)
            }
        }
        let octets = (100 * Double(encoding.size) / Double(total)).rounded() / 100
        print("  \(Encoding.name): \(octets) octets, \(decoding / total) ps to read", terminator: "")
        print(", \(intersecting / (2 * total)) ps to intersect a number (\(checksum % 10))")
    }

    /// Picoseconds of the fastest of five runs.
    private static func best(_ clock: ContinuousClock, _ body: () throws -> Void) throws -> Int {
        var best = Int.max
        for _ in 0..<5 {
            let taken = try clock.measure(body).components
            best = min(best, Int(taken.seconds) * 1_000_000_000_000 + Int(taken.attoseconds / 1_000_000))
        }
        return best
    }

    /// How many numbers both have.
    private static func common<Stream: NumberStream>(_ one: inout Stream, _ other: inout Stream) throws -> UInt64 {
        var left = PostingBatch()
        var right = PostingBatch()
        var leftPlace = 0
        var rightPlace = 0
        var count: UInt64 = 0
        while true {
            if leftPlace >= left.count {
                guard try one.next(into: &left) else { return count }
                leftPlace = 0
            }
            if rightPlace >= right.count {
                guard try other.next(into: &right) else { return count }
                rightPlace = 0
            }
            let first = left[leftPlace]
            let second = right[rightPlace]
            if first == second { count += 1 }
            leftPlace += first <= second ? 1 : 0
            rightPlace += second <= first ? 1 : 0
        }
    }

    static func numbers<Encoding: PostingEncoding>(_ encoding: Encoding, _ count: Int) throws -> [[UInt32]] {
        try (0..<count).map { list in
            var stream = try encoding.stream(list)
            return try numbers(&stream)
        }
    }

    private static func numbers<Stream: NumberStream>(_ stream: inout Stream) throws -> [UInt32] {
        var numbers: [UInt32] = []
        var batch = PostingBatch()
        while try stream.next(into: &batch) {
            for index in 0..<batch.count { numbers.append(batch[index]) }
        }
        return numbers
    }
}

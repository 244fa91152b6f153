import Storage

@testable import AttributeIndex

/// Numbers in batches, however they are encoded: what the encodings of posting lists are compared by.
protocol NumberStream {
    /// The next numbers; false when there are none left.
    mutating func next(into batch: inout PostingBatch) throws -> Bool
}

/// One way to write ascending numbers down.
protocol PostingEncoding {
    associatedtype Stream: NumberStream

    static var name: String { get }

    /// All lists, one behind the other.
    init(_ lists: [[UInt32]], universe: Int) throws

    /// Octets that all lists take, with what it takes to skip in them.
    var size: Int { get }
    func stream(_ list: Int) throws -> Stream
}

/// As in the format: blocks of 128, the differences within a block in as many bits as the largest of them takes.
struct PackedBlocks: PostingEncoding {
    static let name = "bit-packed blocks of 128"

    private let mapping: MappedFile
    private let references: [UInt32]
    private let universe: UInt32

    init(_ lists: [[UInt32]], universe: Int) throws {
        var storage = PostingsStorage(universe: universe)
        references = try lists.map { try storage.append($0.span) }
        // As in a segment, something stands behind the lists.
        var octets: [UInt8] = []
        octets.append(littleEndian: storage.words.span)
        octets += [UInt8](repeating: 0, count: 8)
        mapping = try MappedFile(copying: octets.span, name: "packed")
        self.universe = UInt32(universe)
    }

    var size: Int { mapping.count }

    func stream(_ list: Int) throws -> CursorStream {
        let bytes = SegmentBytes(mapping)
        let reader = PostingsReader(range: 0..<mapping.count, universe: universe)
        return CursorStream(cursor: try reader.cursor(references[list], bytes), bytes: bytes)
    }

    struct CursorStream: NumberStream {
        var cursor: PostingCursor
        let bytes: SegmentBytes

        mutating func next(into batch: inout PostingBatch) throws -> Bool {
            try cursor.next(into: &batch, limit: PostingBatch.capacity, bytes)
        }
    }
}

/// As in versions 1 and 2 of the format: blocks of 128, the differences within a block as varints.
struct VarintBlocks: PostingEncoding {
    static let name = "varints in blocks of 128"

    private let octets: [UInt8]
    private let starts: [Int]
    private let counts: [Int]

    init(_ lists: [[UInt32]], universe: Int) throws {
        var octets: [UInt8] = []
        var starts: [Int] = []
        for list in lists {
            starts.append(octets.count)
            VarintBlocks.append(list, to: &octets)
        }
        self.octets = octets
        self.starts = starts
        counts = lists.map(\.count)
    }

    private static func append(_ list: [UInt32], to octets: inout [UInt8]) {
        octets.append(littleEndian: UInt64(list.count))
        var deltas: [UInt8] = []
        for (index, number) in list.enumerated() {
            if index % 128 == 0 {
                octets.append(littleEndian: number)
                octets.append(littleEndian: UInt32(deltas.count))
            } else {
                Varint.append(UInt64(number - list[index - 1] - 1), to: &deltas)
            }
        }
        octets += deltas
    }

    var size: Int { octets.count }

    func stream(_ list: Int) throws -> VarintStream {
        VarintStream(octets: octets, start: starts[list], count: counts[list])
    }

    struct VarintStream: NumberStream {
        let octets: [UInt8]
        let start: Int
        let count: Int
        var block = 0

        mutating func next(into batch: inout PostingBatch) throws -> Bool {
            batch.removeAll()
            var left = min(count - 128 * block, 128) - 1
            guard left >= 0 else { return false }
            // A local, so that octets borrowed from it do not keep self from changing.
            let list = self.octets
            let octets = list.span
            let row = start + 8 + 8 * block
            var last = octets.littleEndian32(at: row)
            var place = start + 8 + 8 * ((count + 127) / 128) + Int(octets.littleEndian32(at: row + 4))
            batch.append(last)
            block += 1
            while left > 0 {
                // Eight at a time where each takes one octet.
                if left >= 8, octets.count - place >= 8, octets.littleEndian64(at: place) & 0x8080_8080_8080_8080 == 0 {
                    var word = octets.littleEndian64(at: place)
                    for _ in 0..<8 {
                        last &+= 1 &+ UInt32(truncatingIfNeeded: word & 0xFF)
                        word >>= 8
                        batch.append(last)
                    }
                    place += 8
                    left -= 8
                    continue
                }
                var reader = VarintReader(octets.extracting(place...))
                last &+= 1 &+ UInt32(truncatingIfNeeded: try reader.next())
                place += reader.position
                batch.append(last)
                left -= 1
            }
            return true
        }
    }
}

/// The numbers as they are.
struct PlainNumbers: PostingEncoding {
    static let name = "32 bits each"

    private let octets: [UInt8]
    private let starts: [Int]
    private let counts: [Int]

    init(_ lists: [[UInt32]], universe: Int) throws {
        var octets: [UInt8] = []
        var starts: [Int] = []
        for list in lists {
            octets.append(littleEndian: UInt64(list.count))
            starts.append(octets.count)
            for number in list { octets.append(littleEndian: number) }
        }
        self.octets = octets
        self.starts = starts
        counts = lists.map(\.count)
    }

    var size: Int { octets.count }

    func stream(_ list: Int) throws -> PlainStream {
        PlainStream(octets: octets, place: starts[list], end: starts[list] + 4 * counts[list])
    }

    struct PlainStream: NumberStream {
        let octets: [UInt8]
        var place: Int
        let end: Int

        mutating func next(into batch: inout PostingBatch) throws -> Bool {
            batch.removeAll()
            let list = self.octets
            let octets = list.span
            while place < end, batch.count < PostingBatch.capacity {
                batch.append(octets.littleEndian32(at: place))
                place &+= 4
            }
            return batch.count > 0
        }
    }
}

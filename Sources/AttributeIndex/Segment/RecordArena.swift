import ReusedMemory

/// Octets of records in chunks, so that growing never copies them, and chunks can go as soon as their records are written.
struct RecordArena: Sendable {
    private static let chunkSize = 1 << 20

    private var chunks: [[UInt8]] = []
    /// Records in each chunk that were not given back yet.
    private var live: [Int] = []

    /// A place in the arena: chunk and offset.
    struct Place: Sendable {
        var chunk: UInt32
        let start: UInt32
        let end: UInt32

        /// Where the record is in its chunk.
        var range: Range<Int> { Int(start)..<Int(end) }
    }

    /// Adds a record.
    mutating func append(_ octets: borrowing ReusedList<UInt8>) throws(SegmentError) -> Place {
        guard octets.count < Int(UInt32.max) - RecordArena.chunkSize else {
            throw SegmentError(.tooLarge, "One entry takes more than 4 GiB")
        }
        if (chunks.last?.count ?? RecordArena.chunkSize) + octets.count > RecordArena.chunkSize {
            chunks.append([])
            live.append(0)
            // The first chunk grows as it is filled: most segments are one small batch of changes.
            if chunks.count > 1 { chunks[chunks.count - 1].reserveCapacity(max(octets.count, RecordArena.chunkSize)) }
        }
        let last = chunks.count - 1
        let start = chunks[last].count
        chunks[last].append(copying: octets.span)
        live[last] += 1
        return Place(
            chunk: UInt32(truncatingIfNeeded: last), start: UInt32(truncatingIfNeeded: start),
            end: UInt32(truncatingIfNeeded: start + octets.count))
    }

    /// The chunk that holds a record, at `place.range`.
    @inline(__always)
    func chunk(_ place: Place) -> [UInt8] {
        chunks[Int(place.chunk)]
    }

    /// Takes over another arena's records.
    /// - Returns: by how much the chunks' numbers in their places grow.
    mutating func absorb(_ other: RecordArena) -> UInt32 {
        let shift = UInt32(truncatingIfNeeded: chunks.count)
        chunks.append(contentsOf: other.chunks)
        live.append(contentsOf: other.live)
        return shift
    }

    /// Gives a record back; its chunk's memory goes with the last of them.
    mutating func release(_ place: Place) {
        let chunk = Int(place.chunk)
        live[chunk] -= 1
        if live[chunk] == 0 { chunks[chunk] = [] }
    }
}

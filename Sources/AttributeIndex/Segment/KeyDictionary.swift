/// Looks keys up in one attribute's dictionary. All the parts' places are in its row; everything read is checked.
struct KeyDictionary {
    let row: AttributeRow
    let bytes: SegmentBytes
    let seed: UInt64

    /// The key of a value ID.
    @inline(__always)
    func keyRange(_ valueID: UInt32) throws(SegmentError) -> Range<Int> {
        guard valueID < row.valueCount else { throw .damaged("a value ID is above the number of values") }
        let ends = try bytes.span(at: row.rows.lowerBound &+ 8 &* Int(valueID), count: 12)
        let start = Int(ends.littleEndian32(at: 0))
        let end = Int(ends.littleEndian32(at: 8))
        guard start <= end, end <= row.keys.count else { throw .damaged("a key lies outside its section") }
        return row.keys.lowerBound &+ start..<row.keys.lowerBound &+ end
    }

    /// The postings reference of a value ID.
    @inline(__always)
    func reference(_ valueID: UInt32) throws(SegmentError) -> UInt32 {
        guard valueID < row.valueCount else { throw .damaged("a value ID is above the number of values") }
        return try bytes.uint32(at: row.rows.lowerBound &+ 8 &* Int(valueID) &+ 4)
    }

    /// The value ID of exactly this key, and its postings reference.
    @inline(__always)
    func find(_ key: Span<UInt8>) throws(SegmentError) -> (valueID: UInt32, reference: UInt32)? {
        try find(key, hash: octetHash(key, seed: seed))
    }

    /// The same for a key whose hash is known.
    @inline(__always)
    func find(_ key: Span<UInt8>, hash: UInt32) throws(SegmentError) -> (valueID: UInt32, reference: UInt32)? {
        let slots = Int(row.hashSlots)
        guard slots > 0 else { return nil }
        let mask = row.idMask
        let tag = hash &<< row.idBits
        var slot = homeSlot(of: hash, slots: slots)
        var probes = 0
        while probes < slots {
            let content = try bytes.uint64(at: row.hash.lowerBound &+ 8 &* slot)
            let low = UInt32(truncatingIfNeeded: content)
            if low == 0 { return nil }
            if (low ^ tag) & ~mask == 0 {
                let valueID = (low & mask) &- 1
                if try bytes.span(keyRange(valueID)).equals(key) {
                    return (valueID, UInt32(truncatingIfNeeded: content >> 32))
                }
            }
            slot &+= 1
            if slot == slots { slot = 0 }
            probes &+= 1
        }
        return nil
    }

    /// The lowest value ID whose key is not below `key`; the number of values if there is none.
    func lowerBound(_ key: Span<UInt8>) throws(SegmentError) -> UInt32 {
        var low: UInt32 = 0
        var high = row.valueCount
        while low < high {
            let middle = low + (high - low) / 2
            if try bytes.span(keyRange(middle)).compare(key) < 0 { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// The value IDs whose keys begin with `prefix`.
    func prefixRange(_ prefix: Span<UInt8>) throws(SegmentError) -> Range<UInt32> {
        let first = try lowerBound(prefix)
        var low = first
        var high = row.valueCount
        while low < high {
            let middle = low + (high - low) / 2
            if try bytes.span(keyRange(middle)).matches(prefix, at: 0) { low = middle + 1 } else { high = middle }
        }
        return first..<low
    }

    /// The first value of a range whose key holds `needle`. Keys stand behind one another, and are gone through as one text:
    /// for needles without trigrams.
    func first(in values: Range<UInt32>, holding needle: Span<UInt8>) throws(SegmentError) -> UInt32? {
        guard let last = values.last else { return nil }
        let start = try keyRange(values.lowerBound).lowerBound
        let end = try keyRange(last).upperBound
        guard start <= end else { throw .damaged("a dictionary's keys do not follow one another") }
        let text = try bytes.span(start..<end)
        var from = 0
        var low = values.lowerBound
        while let found = text.firstIndex(of: needle, from: from) {
            // The last value that begins there or before: mostly the next, where nearly all hold it.
            var high = last
            if low < last, try keyRange(low + 1).lowerBound > start + found { high = low }
            while low < high {
                let middle = low + (high - low + 1) / 2
                if try keyRange(middle).lowerBound <= start + found { low = middle } else { high = middle - 1 }
            }
            // What begins in one key and ends in the next is in neither.
            if try start + found + needle.count <= keyRange(low).upperBound { return low }
            from = found + 1
        }
        return nil
    }

    /// How often the values of a range occur, all together: at least as many as entries have one of them.
    func occurrences(_ values: Range<UInt32>) throws(SegmentError) -> Int {
        guard values.upperBound <= row.valueCount else { throw .damaged("a value ID is above the number of values") }
        guard !row.cumulative.isEmpty else { return values.count }
        let low = try bytes.uint32(at: row.cumulative.lowerBound + 4 * Int(values.lowerBound))
        let high = try bytes.uint32(at: row.cumulative.lowerBound + 4 * Int(values.upperBound))
        guard low <= high else { throw .damaged("a dictionary's counts do not ascend") }
        return Int(high - low)
    }
}

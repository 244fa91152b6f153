import AttributeIndex

/// A set of a segment's entries, a bit each, for pages: candidates from several sources are put in order by it. Reused.
struct EntryBitmap {
    private var words: [UInt64] = []
    private var range: Range<EntryID> = 0..<0
    private var position: EntryID = 0

    /// Empties the set and makes room for the entries of `range`.
    mutating func reset(_ range: Range<EntryID>) {
        self.range = range
        position = range.lowerBound
        words.clear()
        words.append(contentsOf: repeatElement(0, count: (range.count + 63) / 64))
    }

    /// Adds an entry of the range.
    mutating func insert(_ entry: EntryID) {
        guard range.contains(entry) else { return }
        let bit = Int(entry - range.lowerBound)
        words[bit >> 6] |= 1 << UInt64(bit & 63)
    }

    /// The lowest entry that was not given yet.
    mutating func next() -> EntryID? {
        while position < range.upperBound {
            let bit = Int(position - range.lowerBound)
            let word = words[bit >> 6] >> UInt64(bit & 63)
            if word != 0 {
                let found = position + EntryID(truncatingIfNeeded: word.trailingZeroBitCount)
                position = found + 1
                return found
            }
            position += EntryID(64 - (bit & 63))
        }
        return nil
    }
}

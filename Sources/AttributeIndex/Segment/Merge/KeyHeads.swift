import Schema

/// The next key of each of several sorted lists, the lowest at hand: what a merge of the lists goes by.
///
/// Heads are kept in order. Where one list has the lowest keys many times running, as a large segment beside a small one,
/// each step compares two keys; where lists take turns, as many as the number of lists has bits.
struct KeyHeads {
    struct Head {
        /// Which of the lists; of equal keys the lower list's is first.
        let list: Int
        /// Which of the list's keys.
        let number: UInt32
        let key: Range<Int>
        /// What the key is read from: the list's segment, which must be kept for as long as this.
        let bytes: SegmentBytes

        @inline(__always)
        func order(_ other: Head) throws(SegmentError) -> Int {
            try bytes.span(key).compare(other.bytes.span(other.key))
        }

        @inline(__always)
        func hasKey(of other: Head) throws(SegmentError) -> Bool {
            try bytes.span(key).equals(other.bytes.span(other.key))
        }
    }

    /// From the highest to the lowest.
    private var heads: [Head] = []

    init(capacity: Int) {
        heads.reserveCapacity(capacity)
    }

    /// The lowest.
    var first: Head? { heads.last }
    /// How many lists have not come to their end.
    var count: Int { heads.count }

    mutating func removeFirst() {
        heads.removeLast()
    }

    mutating func insert(_ head: Head) throws(SegmentError) {
        guard let last = heads.last else { return heads.append(head) }
        if try Self.isBefore(head, last) { return heads.append(head) }
        var low = 0
        var high = heads.count - 1
        // Heads from `high` on are before the new one.
        while low < high {
            let middle = low + (high - low) / 2
            if try Self.isBefore(heads[middle], head) { high = middle } else { low = middle + 1 }
        }
        heads.insert(head, at: low)
    }

    @inline(__always)
    private static func isBefore(_ left: Head, _ right: Head) throws(SegmentError) -> Bool {
        let order = try left.order(right)
        return order == 0 ? left.list < right.list : order < 0
    }
}

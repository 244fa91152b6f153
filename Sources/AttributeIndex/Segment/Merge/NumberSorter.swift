/// Puts numbers in order, each once, by a bit for each there can be: and one for each word of these, so that few are found fast.
struct NumberSorter {
    /// Fewer are sorted as they are.
    private static let few = 32

    private let universe: Int
    private var words: [UInt64] = []
    private var summary: [UInt64] = []

    /// - Parameter universe: numbers are below this.
    init(universe: Int) {
        self.universe = universe
    }

    mutating func sort(_ numbers: inout [UInt32]) {
        guard numbers.count > Self.few else { return numbers.sort() }
        if words.isEmpty {
            words = [UInt64](repeating: 0, count: (universe + 63) / 64)
            summary = [UInt64](repeating: 0, count: (words.count + 63) / 64)
        }
        // Taken out, so that both can be worked on side by side.
        var (words, summary) = (words, summary)
        (self.words, self.summary) = ([], [])
        defer { (self.words, self.summary) = (words, summary) }
        var bits = words.mutableSpan
        var used = summary.mutableSpan
        for number in numbers {
            let word = Int(number >> 6)
            bits[word] |= 1 &<< UInt64(number & 63)
            used[word >> 6] |= 1 &<< UInt64(word & 63)
        }
        numbers.removeAll(keepingCapacity: true)
        for index in used.indices {
            while used[index] != 0 {
                let word = index << 6 | used[index].trailingZeroBitCount
                used[index] &= used[index] &- 1
                while bits[word] != 0 {
                    numbers.append(UInt32(truncatingIfNeeded: word << 6 | bits[word].trailingZeroBitCount))
                    bits[word] &= bits[word] &- 1
                }
            }
        }
    }
}

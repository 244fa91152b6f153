/// Keys that can be sorted, numbered from 0.
protocol KeySource {
    var count: Int { get }
    /// The array that holds a key; a copy of a reference only.
    func storage(of number: Int) -> [UInt8]
    /// Where the key is in it.
    func range(of number: Int) -> Range<Int>
}

extension KeyInterner: KeySource {
    func storage(of number: Int) -> [UInt8] { octets }
    func range(of number: Int) -> Range<Int> { Int(starts[number])..<Int(starts[number + 1]) }
}

/// The DIT keys of the entries in an arena.
struct DraftKeys: KeySource {
    let drafts: [EntryDraft]
    let arena: RecordArena

    var count: Int { drafts.count }
    func storage(of number: Int) -> [UInt8] { arena.chunk(drafts[number].place) }
    func range(of number: Int) -> Range<Int> { drafts[number].key }
}

/// Sorts keys by their octets.
///
/// Most comparisons are of eight octets that stand in the sorted array itself: those after what all keys begin with.
enum KeyOrder {
    private struct Item {
        let prefix: UInt64
        let number: UInt32
    }

    /// The numbers of the keys, in the order of the keys.
    static func sorted<Source: KeySource>(_ source: Source) -> [UInt32] {
        guard source.count > 0 else { return [] }
        let skip = commonPrefix(source)
        var items: [Item] = []
        items.reserveCapacity(source.count)
        for number in 0..<source.count {
            let storage = source.storage(of: number)
            let prefix = storage.span.extracting(source.range(of: number)).bigEndianPrefix(at: skip)
            items.append(Item(prefix: prefix, number: UInt32(truncatingIfNeeded: number)))
        }
        items.sort { left, right in
            if left.prefix != right.prefix { return left.prefix < right.prefix }
            let leftStorage = source.storage(of: Int(left.number))
            let rightStorage = source.storage(of: Int(right.number))
            let leftKey = leftStorage.span.extracting(source.range(of: Int(left.number)))
            return leftKey.compare(rightStorage.span.extracting(source.range(of: Int(right.number)))) < 0
        }
        return items.map(\.number)
    }

    /// How many octets all keys begin with.
    private static func commonPrefix<Source: KeySource>(_ source: Source) -> Int {
        let storage = source.storage(of: 0)
        let first = storage.span.extracting(source.range(of: 0))
        var common = first.count
        for number in 1..<max(source.count, 1) where common > 0 {
            let otherStorage = source.storage(of: number)
            let other = otherStorage.span.extracting(source.range(of: number))
            common = min(common, other.count)
            var index = 0
            while index < common, other[index] == first[index] { index += 1 }
            common = index
        }
        return common
    }
}

import AttributeIndex
import ReusedMemory

/// For the memberOf items of a plan, the dictionaries in which members' names stand, and which of the names count.
///
/// A name in a dictionary of `member` has the DIT key of the entry that it names, so an entry's groups are found by
/// looking its own key up, and a group's members by looking up the keys of its values.
struct GroupMembership: ~Copyable {
    /// Members' names in one attribute of one segment.
    struct List {
        /// Index of the segment in the generation.
        var segment: Int
        var attribute: Int
        /// Value IDs, ascending, as indices into `names`; nil where every name counts.
        var names: Range<Int>?
    }

    /// The lists of each item, as a range of `lists`.
    private(set) var itemLists: [Range<Int>] = []
    private(set) var lists: [List] = []
    private(set) var names: [UInt32] = []
    private var estimates: [Int] = []

    /// Finds the groups that the memberOf items of `plan` ask for.
    mutating func resolve(_ plan: borrowing FilterPlan, _ served: ServedGeneration) throws(SegmentError) {
        itemLists.clear()
        lists.clear()
        names.clear()
        estimates.clear()
        guard plan.asksForGroups else { return }
        for index in plan.items.indices {
            let item = plan.items[index]
            let first = lists.count
            var estimate = 0
            if item.source == .computed(.memberOf) {
                if item.test == .equality {
                    try addMembers(ofGroup: plan.key(item.keys.lowerBound), served, &estimate)
                } else if item.test == .present {
                    addEveryMember(served, &estimate)
                }
            }
            itemLists.append(first..<lists.count)
            estimates.append(estimate)
        }
    }

    /// About how many members an item's groups have.
    func estimate(_ item: Int) -> Int { estimates[item] }

    private mutating func addMembers(
        ofGroup key: Span<UInt8>, _ served: ServedGeneration, _ estimate: inout Int
    ) throws(SegmentError) {
        guard let place = try served.find(key) else { return }
        let segment = served.segment(place.segment)
        let record = try segment.view(place.entry)
        for attribute in served.memberAttributes(place.segment) {
            let values = try segment.valueIDs(of: record, attribute: attribute)
            let first = names.count
            for index in 0..<values.count {
                if let value = try values.valueID(index, in: segment) { names.append(value) }
            }
            names[first...].sort()
            estimate += names.count - first
            lists.append(List(segment: place.segment, attribute: attribute, names: first..<names.count))
        }
    }

    private mutating func addEveryMember(_ served: ServedGeneration, _ estimate: inout Int) {
        for segment in served.segmentIndices {
            for attribute in served.memberAttributes(segment) {
                estimate += Int(served.segment(segment).attributes[attribute].valueCount)
                lists.append(List(segment: segment, attribute: attribute, names: nil))
            }
        }
    }

    /// The first of an item's lists that has the entry's name; nil when it is in none of the groups.
    func firstList(
        _ item: Int, holding key: Span<UInt8>, _ served: ServedGeneration
    ) throws(SegmentError) -> Int? {
        for index in itemLists[item] where try holds(lists[index], key, served) { return index }
        return nil
    }

    private func holds(_ list: List, _ key: Span<UInt8>, _ served: ServedGeneration) throws(SegmentError) -> Bool {
        let segment = served.segment(list.segment)
        guard let name = try segment.valueID(list.attribute, equalTo: key) else { return false }
        if let range = list.names { return names[range].containsSorted(name) }
        return try served.hasLiveEntry(list.segment, segment.postings(list.attribute, name))
    }

    /// The name at `position` of a list, as a value ID; nil behind the last.
    func name(_ position: Int, of list: List, _ served: ServedGeneration) -> UInt32? {
        if let range = list.names {
            let index = range.lowerBound + position
            return index < range.upperBound ? names[index] : nil
        }
        let count = served.segment(list.segment).attributes[list.attribute].valueCount
        return position < count ? UInt32(truncatingIfNeeded: position) : nil
    }
}

extension RandomAccessCollection where Element == UInt32, Index == Int {
    /// Whether an ascending collection has `number`.
    func containsSorted(_ number: UInt32) -> Bool {
        var low = startIndex
        var high = endIndex
        while low < high {
            let middle = low + (high - low) / 2
            if self[middle] < number { low = middle + 1 } else { high = middle }
        }
        return low < endIndex && self[low] == number
    }
}

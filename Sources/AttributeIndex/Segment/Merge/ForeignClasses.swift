import Schema

extension MergePlan {
    /// The object classes of the result's entries that the built-in schema does not have, as the first entry that has one
    /// spells it.
    func foreignClasses() throws(SegmentError) -> Set<[UInt8]> {
        var found: Set<[UInt8]> = []
        for (number, column) in columns.enumerated() where column.traits.isObjectClass {
            var known = [Bool](repeating: false, count: Int(keys[number].count))
            for (place, source) in column.sources.enumerated() {
                let segment = segments[source.segment]
                let list = KeyList(segment, source.attribute)
                for value in 0..<list.count {
                    let rank = ranks[keys[number].starts[place] + Int(value)]
                    guard rank != MergedKeys.gone, !known[Int(rank)] else { continue }
                    known[Int(rank)] = true
                    if Schema.builtIn.objectClass(try segment.octets(list.key(value))) != nil { continue }
                    if let name = try spelling(ofClass: rank, number) { found.insert(name) }
                }
            }
        }
        return found
    }

    /// The value of the first entry of the result that has a key.
    private func spelling(ofClass rank: UInt32, _ column: Int) throws(SegmentError) -> [UInt8]? {
        var first = MergedEntries.gone
        var owner: (segment: Segment, attribute: Int, entry: EntryID, value: UInt32)?
        for (place, source) in columns[column].sources.enumerated() {
            let segment = segments[source.segment]
            let values = ranks[keys[column].starts[place]..<keys[column].starts[place + 1]]
            guard let value = values.firstIndex(of: rank).map({ UInt32($0 - values.startIndex) }) else { continue }
            var list = try segment.postings(source.attribute, value)
            while let entry = try list.next(in: segment) {
                let number = entries.numbers[entries.starts[source.segment] + Int(entry)]
                guard number != MergedEntries.gone else { continue }
                if number < first {
                    first = number
                    owner = (segment, source.attribute, entry, value)
                }
                break
            }
        }
        guard let owner else { return nil }
        var items = EntryItems(try owner.segment.view(owner.entry))
        while let item = try items.next(in: owner.segment) {
            guard item.attribute == owner.attribute else { continue }
            var values = try owner.segment.valueRanges(of: item)
            var index = 0
            while let value = try values.next(in: owner.segment) {
                if try item.valueIDs.valueID(index, in: owner.segment) == owner.value {
                    return [UInt8](copying: try owner.segment.octets(value))
                }
                index += 1
            }
        }
        return nil
    }
}

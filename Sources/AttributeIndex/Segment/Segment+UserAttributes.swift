public import ReusedMemory

extension Segment {
    /// The parts of an entry's user attributes that are `kept`, by attribute: neighbours are one range, so that leaving a few
    /// out costs a few copies and not one for each attribute.
    ///
    /// - Returns: octets in all ranges together.
    public func userAttributes(
        of view: EntryView, keeping kept: [Bool], into ranges: inout ReusedList<Range<Int>>
    ) throws(SegmentError) -> Int {
        ranges.removeAll()
        var items = VarintReader(try octets(view.itemsStart..<view.idsStart))
        let kept = kept.span
        let end = view.userAttributes.upperBound
        var place = view.userAttributes.lowerBound
        var start = place
        var total = 0
        while place < end {
            let tag = try items.next()
            let length = try items.length()
            _ = try items.next()
            let attribute = tag >> 1
            // Slices that several entries share are of operational attributes, which stand behind.
            guard tag & 1 == 0, length > 0, length <= end &- place, attribute < UInt64(kept.count) else {
                throw .damaged("an entry's user attributes are not its own")
            }
            if !kept[Int(truncatingIfNeeded: attribute)] {
                if place > start {
                    ranges.append(start..<place)
                    total &+= place &- start
                }
                start = place &+ length
            }
            place &+= length
        }
        if end > start {
            ranges.append(start..<end)
            total &+= end &- start
        }
        return total
    }
}

public import AttributeIndex

extension DirectoryView {
    /// Whether a group has an entry as a member; both by DIT key. False where there is no such group.
    ///
    /// - Throws: when the index is damaged.
    public func isMember(_ entry: [UInt8], ofGroup group: [UInt8]) throws(SegmentError) -> Bool {
        guard let place = try served.find(group.span) else { return false }
        return try served.groups(ofEntry: entry.span).contains(place)
    }
}

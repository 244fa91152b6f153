public import AttributeIndex
import Schema

extension DirectoryView {
    /// Whether a client may bind as the entry with this DIT key, over the connection it has. As whom it is connected so far
    /// plays no part. An answer of false must look to the client as if there were no such entry.
    ///
    /// The first rule about binding that covers the entry decides. Where there are such rules and none covers it, nobody may;
    /// where there are none at all, everybody may. A key that no entry has (an account of the configuration) is covered by
    /// rules without a filter.
    ///
    /// - Throws: when the index is damaged.
    public func mayBind(asEntryWithKey key: Span<UInt8>, _ requester: Requester) throws(SegmentError) -> Bool {
        guard let rule = try bindRule(for: key) else { return environment.policy?.bindRules == nil }
        return rule.subjects.contains { $0.fits(requester) }
    }

    /// The rule that decides who may bind as an entry; nil where none covers it.
    func bindRule(for key: Span<UInt8>) throws(SegmentError) -> AccessPolicy.BindRule? {
        guard let policy = environment.policy, let rules = policy.bindRules else { return nil }
        for rule in rules {
            guard policy.regions[rule.region].contains(key) else { continue }
            if rule.filter < 0 { return rule }
            if try holds(rule.filter, of: policy, forEntryWithKey: key) { return rule }
        }
        return nil
    }

    /// Whether the filter of a rule holds for an entry; false where there is no such entry.
    private func holds(
        _ filter: Int, of policy: AccessPolicy, forEntryWithKey key: Span<UInt8>
    ) throws(SegmentError) -> Bool {
        guard let place = try served.find(key) else { return false }
        var scratch = EntryScratch()
        return try TargetFilter(policy.filters[filter], filter, environment).holds(
            for: place.entry, self, context(place.segment), &scratch)
    }
}

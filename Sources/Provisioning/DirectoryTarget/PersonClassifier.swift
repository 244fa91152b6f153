import AttributeIndex
import CommonInterface
import ReusedMemory
import Schema

/// Says what a record means for the directory: a mapper, and what it needs to look at the entries that are there.
struct PersonClassifier: ~Copyable {
    /// What a record means, as long as its name is free.
    struct Verdict {
        /// The entry that the person has now.
        let former: FormerEntry?
        /// The numbers of the attributes that differ from it; all where there is none.
        let differences: [Int]
        /// Whether the entry gets another name.
        let isMove: Bool
        /// Who has the name that the entry gets; nil where that is the person.
        let holder: PeopleIndex.Holder?

        var isUnchanged: Bool { former != nil && differences.isEmpty }
    }

    var mapper: PersonMapper
    let index: PeopleIndex
    private var comparison: EntryComparison
    private let stamp: ChangeStamp

    init(_ form: PersonForm, _ generation: Generation, stamp: ChangeStamp) {
        mapper = PersonMapper(form)
        index = PeopleIndex(generation, form)
        comparison = EntryComparison(generation)
        self.stamp = stamp
    }

    var form: PersonForm { mapper.form }

    /// The person's entry.
    func former(_ identity: PersonIdentity) throws(SegmentError) -> FormerEntry? {
        try index.entry(identity).map { FormerEntry($0, in: index.generation) }
    }

    /// Compares the entry that was assembled with the person's entry.
    mutating func verdict(_ former: FormerEntry?) throws(SegmentError) -> Verdict {
        guard let former else {
            let holder = try index.holder(mapper.fields.key.span)
            return Verdict(former: nil, differences: [], isMove: false, holder: holder)
        }
        let differences = try comparison.differences(&mapper, former)
        let isMove = try !former.segment.entryKey(former.place.entry).elementsEqual(mapper.fields.key.span)
        return Verdict(
            former: former, differences: differences, isMove: isMove,
            holder: isMove ? try index.holder(mapper.fields.key.span) : nil)
    }

    /// Makes the entry that was assembled one that can be stored.
    mutating func complete(_ identity: PersonIdentity, _ former: FormerEntry?) throws(SegmentError) {
        try mapper.complete(identity, stamp: stamp, former: former)
    }

    /// What happened to the person, for people.
    func event(
        _ source: EntityID, _ transaction: TransactionID, _ verdict: Verdict
    ) throws(SegmentError) -> ChangeEvent {
        var event = ChangeEvent(source, verdict.former == nil ? .added : .modified, transaction)
        event.dn = String(decoding: mapper.fields.name.span.copied, as: UTF8.self)
        guard let former = verdict.former else { return event }
        if verdict.isMove { event.formerDN = try former.name }
        event.attributes = verdict.differences.map { mapper.descriptions[$0].name(in: form.schema) }.sorted()
        return event
    }
}

extension ChangeEvent {
    /// A person whose record cannot be served.
    static func refused(
        _ source: EntityID, _ transaction: TransactionID, _ subject: SubjectName, _ refusal: PersonRefusal,
        former: String?
    ) -> ChangeEvent {
        var event = ChangeEvent(source, .refused, transaction)
        event.dn = former ?? subject.description
        event.reason = refusal.reason + (former == nil ? "" : "; the entry stays what it was")
        return event
    }

    /// Values that were left out.
    static func outOfScope(_ source: EntityID, _ transaction: TransactionID, _ values: OutOfScopeValues) -> ChangeEvent
    {
        var event = ChangeEvent(source, .refused, transaction)
        event.attributes = values.counts.keys.sorted()
        let count = values.counts.values.reduce(0, +)
        event.reason =
            "\(count == 1 ? "1 value was" : "\(count) values were") left out: expected domains that the provider may speak for"
        return event
    }
}

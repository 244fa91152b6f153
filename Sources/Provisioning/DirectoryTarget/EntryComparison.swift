import AttributeIndex
import ReusedMemory
import Schema

/// The entry of a person as it is served now.
struct FormerEntry {
    let place: EntryPlace
    let segment: Segment
    let schema: Schema

    init(_ place: EntryPlace, in generation: Generation) {
        self.place = place
        segment = generation.segments[place.segment]
        schema = generation.schema
    }

    /// Its DIT key.
    var key: [UInt8] {
        get throws(SegmentError) { try segment.entryKey(place.entry).copied }
    }

    /// Its name.
    var name: String {
        get throws(SegmentError) { String(decoding: try segment.dn(place.entry).copied, as: UTF8.self) }
    }

    /// What says when and by whom it was made, which stays.
    func forEachOrigin(_ body: (AttributeType, Span<UInt8>) -> Void) throws(SegmentError) {
        let types = ["creatorsName", "createTimestamp"].compactMap { schema.attributeType($0) }
        var items = segment.items(try segment.view(place.entry))
        while let item = try items.next(in: segment) {
            let id = segment.attributes[item.attribute].description.type
            guard let type = types.first(where: { $0.id == id }) else { continue }
            var values = try segment.valueRanges(of: item)
            while let range = try values.next(in: segment) { body(type, try segment.octets(range)) }
        }
    }
}

/// Finds out which attributes of a person have changed, by the octets of their values, in whatever order they stand.
struct EntryComparison {
    /// What is ours to set, and says nothing of the person.
    private static let ours = [
        "structuralObjectClass", "entryUUID", "creatorsName", "createTimestamp", "entryCSN", "modifiersName",
        "modifyTimestamp", EntrySource.attribute,
    ]
    private static let unknown = -1
    private static let passedOver = -2

    private let generation: Generation
    private let ours: Set<AttributeTypeID>
    /// By segment and attribute of it, the number of its description in the mapper.
    private var numbers: [[Int]]
    private var octets: [[UInt8]] = []

    init(_ generation: Generation) {
        self.generation = generation
        ours = Set(Self.ours.compactMap { generation.schema.attributeType($0)?.id })
        numbers = generation.segments.map { [Int](repeating: Self.unknown, count: $0.attributes.count) }
    }

    /// The numbers of the attributes that an assembled, not yet completed entry has otherwise than the former one; empty where
    /// that is as it should be.
    mutating func differences(
        _ mapper: inout PersonMapper, _ former: FormerEntry
    ) throws(SegmentError) -> [Int] {
        let segment = former.segment
        var differences: [Int] = []
        var found = 0
        var items = segment.items(try segment.view(former.place.entry))
        while let item = try items.next(in: segment) {
            let number = number(of: item, former, &mapper)
            if number == Self.passedOver { continue }
            guard let place = mapper.place(ofNumber: number) else {
                differences.append(number)
                continue
            }
            found += 1
            if try !isEqual(mapper.fields, place, item, segment) { differences.append(number) }
        }
        if found < mapper.fields.attributes.count { try addNew(mapper, former, to: &differences) }
        // A name that is spelled otherwise is another value of the naming attribute.
        if differences.isEmpty, try !segment.dn(former.place.entry).elementsEqual(mapper.fields.name.span) {
            differences.append(mapper.names.number(of: AttributeDescription(type: mapper.form.rdn.id)))
        }
        return differences
    }

    private mutating func number(of item: EntryItem, _ former: FormerEntry, _ mapper: inout PersonMapper) -> Int {
        let known = numbers[former.place.segment][item.attribute]
        if known != Self.unknown { return known }
        let description = former.segment.attributes[item.attribute].description
        let number = ours.contains(description.type) ? Self.passedOver : mapper.names.number(of: description)
        numbers[former.place.segment][item.attribute] = number
        return number
    }

    private func isEqual(
        _ fields: borrowing EntryFields, _ place: Int, _ item: EntryItem, _ segment: Segment
    ) throws(SegmentError) -> Bool {
        guard fields.attributes[place].valueCount == item.valueCount else { return false }
        var number = fields.attributes[place].first
        var ranges = try segment.valueRanges(of: item)
        var isSame = true
        while isSame, number >= 0, let range = try ranges.next(in: segment) {
            isSame = fields.value(number).elementsEqual(try segment.octets(range))
            number = fields.value(after: number)
        }
        if isSame || item.valueCount == 1 { return isSame }
        return Set(try segment.values(of: item)) == Set(fields.values(ofAttribute: place))
    }

    /// Adds the attributes that the former entry does not have.
    private func addNew(
        _ mapper: borrowing PersonMapper, _ former: FormerEntry, to differences: inout [Int]
    ) throws(SegmentError) {
        var had: Set<Int> = []
        var items = former.segment.items(try former.segment.view(former.place.entry))
        while let item = try items.next(in: former.segment) {
            had.insert(numbers[former.place.segment][item.attribute])
        }
        for index in mapper.fields.attributes.indices where !had.contains(mapper.fields.attributes[index].column) {
            differences.append(mapper.fields.attributes[index].column)
        }
    }
}

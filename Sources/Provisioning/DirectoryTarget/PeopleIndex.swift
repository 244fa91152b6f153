import AttributeIndex
import Schema

/// Finds a source's people in a generation.
struct PeopleIndex: Sendable {
    /// Who has a name.
    enum Holder: Equatable {
        case nobody
        /// The person with this UUID, of the same source.
        case person(UInt128)
        /// An entry of LDIF or of another source, which nothing here moves.
        case stranger
    }

    let generation: Generation
    private let form: PersonForm
    private let prefix: [UInt8]
    /// By segment, the places of entryUUID and identitySource among its attributes.
    private let uuids: [Int?]
    private let sources: [Int?]

    init(_ generation: Generation, _ form: PersonForm) {
        self.generation = generation
        self.form = form
        prefix = form.identityPrefix
        uuids = generation.segments.map { segment in
            segment.attributes.firstIndex { $0.description.type == form.entryUUID.id }
        }
        sources = generation.segments.map { segment in
            segment.attributes.firstIndex { $0.description.type == form.identitySource.id }
        }
    }

    /// The entry of a person.
    func entry(_ identity: PersonIdentity) throws(SegmentError) -> EntryPlace? {
        for (index, segment) in generation.segments.enumerated() {
            guard let attribute = uuids[index],
                let match = try segment.match(attribute, equalTo: identity.uuid.octets.span)
            else { continue }
            var postings = match.postings
            while let entry = try postings.next(in: segment) {
                if generation.isDead(segment: index, entry: entry) { continue }
                let place = EntryPlace(segment: index, entry: entry)
                if try isOurs(place) { return place }
            }
        }
        return nil
    }

    /// Who has the name with this DIT key.
    func holder(_ key: Span<UInt8>) throws(SegmentError) -> Holder {
        guard let place = try generation.find(key) else { return .nobody }
        guard try isOurs(place), let number = try uuid(place) else { return .stranger }
        return .person(number)
    }

    /// Gives the source's people to `body`, each with its UUID and its place.
    func forEachPerson(_ body: (UInt128, EntryPlace) throws(SegmentError) -> Void) throws(SegmentError) {
        try generation.forEachEntry(of: form.source) { (place, _, subject) throws(SegmentError) in
            try body(form.source.entryUUID(ofSubject: subject.copied).number, place)
        }
    }

    private func uuid(_ place: EntryPlace) throws(SegmentError) -> UInt128? {
        let segment = generation.segments[place.segment]
        guard let attribute = uuids[place.segment], let item = try item(attribute, place, segment),
            let value = try item.valueIDs.valueID(0, in: segment)
        else { return nil }
        let key = try segment.key(attribute, value)
        guard key.count == 16 else { return nil }
        var number: UInt128 = 0
        for index in key.indices { number = number << 8 | UInt128(key[index]) }
        return number
    }

    private func isOurs(_ place: EntryPlace) throws(SegmentError) -> Bool {
        let segment = generation.segments[place.segment]
        guard let attribute = sources[place.segment], let item = try item(attribute, place, segment) else {
            return false
        }
        var values = try segment.valueRanges(of: item)
        guard let range = try values.next(in: segment) else { return false }
        let value = try segment.octets(range)
        guard value.count >= prefix.count else { return false }
        return value.extracting(0..<prefix.count).elementsEqual(prefix.span)
    }

    private func item(
        _ attribute: Int, _ place: EntryPlace, _ segment: Segment
    ) throws(SegmentError) -> EntryItem? {
        var items = segment.items(try segment.view(place.entry))
        while let item = try items.next(in: segment) {
            if item.attribute == attribute { return item }
        }
        return nil
    }
}

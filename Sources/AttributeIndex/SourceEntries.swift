public import Schema

extension Segment {
    /// Which source gives an entry; nil for one of LDIF.
    public func source(of entry: EntryID) throws(SegmentError) -> EntrySource? {
        guard let value = try sourceValue(of: view(entry)) else { return nil }
        return EntrySource(try octets(value))
    }

    /// Whether any entry is a source's.
    var hasSources: Bool { attributes.contains { $0.name == EntrySource.attribute } }

    /// Where the value of `identitySource` is, which stands among the few hidden attributes.
    func sourceValue(of view: EntryView) throws(SegmentError) -> Range<Int>? {
        var rest = view.hiddenStart..<view.keyStart
        while !rest.isEmpty {
            let attribute = try BERElement(at: rest, bytes)
            rest = attribute.end..<rest.upperBound
            let name = try BERElement(at: attribute.contents, bytes)
            guard try octets(name.contents).equals(EntrySource.attribute.utf8.span) else { continue }
            let set = try BERElement(at: name.end..<attribute.end, bytes)
            return try BERElement(at: set.contents, bytes).contents
        }
        return nil
    }
}

extension Generation {
    /// The live entry with this entryUUID.
    public func find(uuid: UUIDv5) throws(SegmentError) -> EntryPlace? {
        guard let type = schema.attributeType("entryUUID")?.id else { return nil }
        for (index, segment) in segments.enumerated() {
            let attributes = segment.attributes(ofType: type)
            for attribute in attributes.indices {
                guard let match = try segment.match(Int(attributes[attribute]), equalTo: uuid.octets.span) else {
                    continue
                }
                var (cursor, batch) = (match.postings, PostingBatch())
                while try cursor.next(into: &batch, in: segment) {
                    for place in 0..<batch.count where !isDead(segment: index, entry: batch[place]) {
                        return EntryPlace(segment: index, entry: batch[place])
                    }
                }
            }
        }
        return nil
    }

    /// The live entry with this entryUUID, hidden attributes too.
    public func entry(withUUID uuid: UUIDv5) throws(SegmentError) -> EntryRecord? {
        guard let place = try find(uuid: uuid) else { return nil }
        return try segments[place.segment].record(place.entry)
    }

    /// Gives the live entries of a source to `body`: the place, the DIT key, and the equality key of the subject's value, of
    /// which `SourceID.entryUUID(ofSubject:)` makes the entryUUID. Segment by segment, in the order of DIT keys. Nothing of
    /// an entry is read but where its parts are and its hidden attributes, and nothing is allocated.
    public func forEachEntry(
        of source: SourceID,
        _ body: (EntryPlace, _ key: Span<UInt8>, _ subject: Span<UInt8>) throws(SegmentError) -> Void
    ) throws(SegmentError) {
        let prefix = EntrySource(id: source, subject: []).value
        try forEachSourceEntry { (place, key, value) throws(SegmentError) in
            guard value.count >= prefix.count, value.extracting(..<prefix.count).equals(prefix.span) else { return }
            try body(place, key, value.extracting(prefix.count...))
        }
    }

    /// Gives the live entries of all sources to `body`: the place, the DIT key, and the value of `identitySource`.
    func forEachSourceEntry(
        _ body: (EntryPlace, _ key: Span<UInt8>, _ value: Span<UInt8>) throws(SegmentError) -> Void
    ) throws(SegmentError) {
        for (index, segment) in segments.enumerated() where segment.hasSources {
            for entry in 0..<segment.entryCount where !isDead(segment: index, entry: entry) {
                let view = try segment.view(entry)
                guard let value = try segment.sourceValue(of: view) else { continue }
                try body(
                    EntryPlace(segment: index, entry: entry), try segment.octets(view.key), try segment.octets(value))
            }
        }
    }
}

import Storage

/// What one reading of the registry changes of the people known.
struct RegistryDifference: Sendable {
    /// People who come, change and go.
    var added = 0
    var modified = 0
    var removed = 0

    var count: Int { added + modified + removed }

    /// Calls `body` with each difference: the subject, the record known and the record read.
    static func forEach(
        from known: PeopleView, to read: SortedPeople,
        _ body: (_ subject: [UInt8], _ before: [UInt8]?, _ after: [UInt8]?) throws(StorageError) -> Void
    ) throws(StorageError) {
        var cursor = PeopleCursor(known)
        var current = try cursor.next()
        for index in 0..<read.count {
            let subject = read.subject(index)
            while let earlier = current, earlier.subject.lexicographicallyPrecedes(subject) {
                try body(earlier.subject, earlier.record, nil)
                current = try cursor.next()
            }
            let record = read.record(index)
            guard let same = current, same.subject == subject else {
                try body(subject, nil, PeopleView.copy(record))
                continue
            }
            if SubjectOrder.compare(same.record.span, record) != 0 {
                try body(subject, same.record, PeopleView.copy(record))
            }
            current = try cursor.next()
        }
        while let earlier = current {
            try body(earlier.subject, earlier.record, nil)
            current = try cursor.next()
        }
    }

    /// Counts the differences.
    init(from known: PeopleView, to read: SortedPeople) throws(StorageError) {
        var counts = (added: 0, modified: 0, removed: 0)
        try Self.forEach(from: known, to: read) { (_, before, after) throws(StorageError) in
            if before == nil {
                counts.added += 1
            } else if after == nil {
                counts.removed += 1
            } else {
                counts.modified += 1
            }
        }
        (added, modified, removed) = counts
    }
}

import Storage

/// All people at one moment: a file, and what changed since. A value: later changes do not reach it.
struct PeopleView: Sendable {
    /// What a person is since the file was written; no record where there is none any more.
    struct Change: Sendable {
        let id: UInt64
        let record: [UInt8]?
    }

    /// The transaction up to which everything is in it.
    private(set) var asOf: UInt64
    let file: PeopleFile?
    private(set) var changes: [[UInt8]: Change] = [:]
    /// Octets of the changed records, for the decision when to write a file.
    private(set) var changedOctets = 0

    /// The people of a file; nobody without one.
    init(file: PeopleFile?) {
        self.file = file
        asOf = file?.asOf ?? 0
    }

    /// The encoded record of a person; nil for nobody.
    func record(of subject: [UInt8]) throws(StorageError) -> [UInt8]? {
        if let change = changes[subject] { return change.record }
        guard let file else { return nil }
        let place = try file.find(subject)
        return place.isThere ? try Self.copy(file.record(place.index)) : nil
    }

    /// Makes a person be `record`, or nobody.
    mutating func set(_ subject: [UInt8], to record: [UInt8]?, id: UInt64) {
        changedOctets += record?.count ?? 0
        changedOctets -= changes[subject]?.record?.count ?? 0
        changes[subject] = Change(id: id, record: record)
        asOf = max(asOf, id)
    }

    /// Notes that the transactions up to `id` changed nobody else.
    mutating func advance(to id: UInt64) { asOf = max(asOf, id) }

    /// What changed after `id`, over a file that has everything up to it.
    func rebased(on file: PeopleFile) -> PeopleView {
        var view = PeopleView(file: file)
        for (subject, change) in changes where change.id > file.asOf {
            view.set(subject, to: change.record, id: change.id)
        }
        view.asOf = max(asOf, file.asOf)
        return view
    }

    /// Calls `body` with every person's encoded record, in the order of their subjects.
    func forEach<Failure: Error>(
        _ body: (Span<UInt8>) throws(Failure) -> Void, damaged: (StorageError) -> Failure
    ) throws(Failure) {
        var cursor = PeopleCursor(self)
        while true {
            let record: [UInt8]?
            do throws(StorageError) { record = try cursor.next()?.record } catch { throw damaged(error) }
            guard let record else { return }
            try body(record.span)
        }
    }

    static func copy(_ span: Span<UInt8>) -> [UInt8] {
        var copy: [UInt8] = []
        copy.reserveCapacity(span.count)
        for index in span.indices { copy.append(span[index]) }
        return copy
    }
}

/// Goes through a view in the order of subjects, merging the file and what changed since.
struct PeopleCursor {
    private let view: PeopleView
    private let changed: [[UInt8]]
    private var nextChanged = 0
    private var nextInFile = 0

    init(_ view: PeopleView) {
        self.view = view
        changed = view.changes.keys.sorted { $0.lexicographicallyPrecedes($1) }
    }

    /// The next person; nil at the end.
    mutating func next() throws(StorageError) -> (subject: [UInt8], record: [UInt8])? {
        while true {
            guard let file = view.file, nextInFile < file.count else { return nextOfChanged() }
            let subject = try file.subject(nextInFile)
            if nextChanged < changed.count {
                let other = changed[nextChanged]
                if other == subject { nextInFile += 1 }
                if !subject.lexicographicallyPrecedes(other) {
                    nextChanged += 1
                    if let record = view.changes[other]?.record { return (other, record) }
                    continue
                }
            }
            nextInFile += 1
            return (subject, PeopleView.copy(try file.record(nextInFile - 1)))
        }
    }

    private mutating func nextOfChanged() -> (subject: [UInt8], record: [UInt8])? {
        while nextChanged < changed.count {
            let subject = changed[nextChanged]
            nextChanged += 1
            if let record = view.changes[subject]?.record { return (subject, record) }
        }
        return nil
    }
}

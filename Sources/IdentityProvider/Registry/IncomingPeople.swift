import Storage

/// One whole reading of the registry, put in the order of subjects in a file that is not kept: the memory it takes is eight
/// octets a person.
struct IncomingPeople: ~Copyable {
    private let path: String
    private let files: any FileSystem
    private var writer: FileWriter
    private var ends: [Int] = [0]

    /// Begins a reading at `path`, which is removed by `sorted`.
    init(_ path: String, files: any FileSystem) throws(StorageError) {
        self.path = path
        self.files = files
        writer = FileWriter(try files.open(path, .create))
    }

    /// Adds a person.
    mutating func add(_ record: IdentityRecord) throws(StorageError) {
        try writer.write(record.encoded)
        ends.append(writer.count)
    }

    /// Ends the reading.
    ///
    /// - Throws: `.registry` where somebody stands in it twice.
    consuming func sorted() throws(IdentityProviderError) -> SortedPeople {
        let mapping = try storing { () throws(StorageError) in
            try writer.flush()
            let mapping = try files.map(path)
            try files.remove(path)
            return mapping
        }
        return try SortedPeople(mapping, ends: ends)
    }
}

/// A whole reading of the registry in the order of subjects.
final class SortedPeople: Sendable {
    private let mapping: MappedFile
    private let ends: [Int]
    private let order: [Int32]

    fileprivate init(_ mapping: MappedFile, ends: [Int]) throws(IdentityProviderError) {
        self.mapping = mapping
        self.ends = ends
        let subjects = Subjects(mapping: mapping, ends: ends)
        var order = (0..<Int32(clamping: ends.count - 1)).map { $0 }
        order.sort { subjects.compare($0, $1) < 0 }
        self.order = order
        for index in order.indices.dropFirst() where subjects.compare(order[index - 1], order[index]) == 0 {
            let name = String(decoding: subjects.subject(order[index]), as: UTF8.self)
            throw IdentityProviderError(.registry, "\(name) stands in the registry twice: expected each person once")
        }
    }

    /// How many people it has.
    var count: Int { order.count }

    /// The encoded record at a place.
    @_lifetime(borrow self)
    func record(_ index: Int) -> Span<UInt8> {
        let place = Int(order[index])
        let mapping = mapping
        // Safe: the mapping lives as long as this object.
        return unsafe _overrideLifetime(
            mapping.uncheckedBytes.extracting(ends[place]..<ends[place + 1]), borrowing: self)
    }

    /// The subject of the person at a place.
    func subject(_ index: Int) -> [UInt8] {
        Subjects(mapping: mapping, ends: ends).subject(order[index])
    }
}

private struct Subjects {
    let mapping: MappedFile
    let ends: [Int]

    func compare(_ left: Int32, _ right: Int32) -> Int {
        SubjectOrder.compare(
            mapping.uncheckedBytes.extracting(range(left)), mapping.uncheckedBytes.extracting(range(right)))
    }

    func subject(_ place: Int32) -> [UInt8] { PeopleView.copy(mapping.uncheckedBytes.extracting(range(place))) }

    /// Where a subject is: records begin with it.
    private func range(_ place: Int32) -> Range<Int> {
        let start = ends[Int(place)]
        var reader = OctetReader(mapping.uncheckedBytes.extracting(start..<ends[Int(place) + 1]))
        let range = reader.range() ?? 0..<0
        return start + range.lowerBound..<start + range.upperBound
    }
}

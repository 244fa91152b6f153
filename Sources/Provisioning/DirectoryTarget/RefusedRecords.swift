import AttributeIndex
import CommonInterface
import LDIF
import Storage

/// A person's record that could not be served, kept to be tried again.
struct RefusedRecord: Sendable, Equatable {
    var subject: SubjectName
    var attributes: [IdentityAttribute]
    /// The transaction that it came with.
    var transaction: TransactionID
}

/// The refused records of one source, by person.
struct RefusedRecords: Sendable, Equatable {
    /// Records kept at most, and octets of their values: of a delivery that is refused as a whole not all need be kept, as
    /// those that are not come again with the next snapshot.
    static let countLimit = 10_000
    static let sizeLimit = 64 << 20

    private(set) var records: [UInt128: RefusedRecord] = [:]
    /// Whether the file still says something of a publication that has not happened: it must be written before the next one.
    var isFileAhead = false
    private var size = 0

    var count: Int { records.count }

    /// Keeps a record in place of an older one of the person.
    /// - Returns: false where there is no room.
    @discardableResult
    mutating func keep(_ record: RefusedRecord, of person: UInt128) -> Bool {
        drop(person)
        let octets = Self.size(record)
        guard records.count < Self.countLimit, size + octets <= Self.sizeLimit else { return false }
        records[person] = record
        size += octets
        return true
    }

    /// Forgets a person's record.
    mutating func drop(_ person: UInt128) {
        guard let record = records.removeValue(forKey: person) else { return }
        size -= Self.size(record)
    }

    private static func size(_ record: RefusedRecord) -> Int {
        record.attributes.reduce(record.subject.value.count) { size, attribute in
            attribute.values.reduce(size + attribute.name.utf8.count) { $0 + $1.count }
        }
    }
}

/// Keeps refused records where they survive, in step with the source's position although that is kept elsewhere.
///
/// The file is replaced *before* a publication, and holds what was and what will be: it says which state it began from. As
/// long as the source's state is that one, the publication has not happened and the records marked `before` count; with any
/// other state, those marked `after`. A source never comes back to a state: see `SourceState.follows`.
struct RefusedFile: Sendable {
    private let path: String
    private let folders: [String]
    private let files: any FileSystem

    /// The file of a source below a data directory.
    init(_ source: SourceID, directory: String, files: any FileSystem) {
        folders = [directory + "/register", directory + "/register/refused"]
        path = folders[1] + "/" + source.description + ".ldif"
        self.files = files
    }

    /// What the file begins with, as a name of LDIF.
    private static let head = "dc=state"
    private static let mark = "holds"

    /// Octets read at most: four times what is kept, as base64 and two states may take it.
    private static let limit = 4 * RefusedRecords.sizeLimit + (16 << 20)

    private enum Holds: String {
        case before, after, both
    }

    /// The records that count with a state.
    func read(
        with state: SourceState?, identity: (SubjectName) -> UInt128?
    ) throws(StorageError) -> RefusedRecords {
        guard try files.status(of: path) != nil else { return RefusedRecords() }
        let octets = try files.contents(of: path, limit: Self.limit)
        guard let all = try? LDIFRecord.records(in: octets, file: path), let head = all.first else {
            throw .damaged(path, at: 0, section: "records", "it is no LDIF")
        }
        let from = Self.values(of: head).first { $0.name == "from" }.map { String(decoding: $0.value, as: UTF8.self) }
        let wanted: Holds = from == Self.text(state) ? .before : .after
        var records = RefusedRecords()
        records.isFileAhead = wanted == .before
        for record in all.dropFirst() {
            guard let (holds, read) = Self.record(record) else {
                throw .damaged(path, at: 0, section: "records", "line \(record.line) begins no refused record")
            }
            guard holds == wanted || holds == .both, let person = identity(read.subject) else { continue }
            records.keep(read, of: person)
        }
        return records
    }

    /// Notes what will count once the source's state is another than `state`.
    func write(_ before: RefusedRecords, _ after: RefusedRecords, from state: SourceState?) throws(StorageError) {
        if try files.status(of: path) == nil {
            for folder in folders {
                try files.makeDirectory(folder)
                try files.synchronizeDirectory(files.directory(of: folder))
            }
        }
        var writer = LDIFWriter()
        writer.version()
        writer.line("dn", Self.head.utf8.span)
        writer.line("from", Self.text(state).utf8.span)
        writer.endRecord()
        for (person, record) in before.records.sorted(by: { $0.key < $1.key }) {
            Self.write(record, after.records[person] == record ? .both : .before, to: &writer)
        }
        for (person, record) in after.records.sorted(by: { $0.key < $1.key })
        where before.records[person] != record {
            Self.write(record, .after, to: &writer)
        }
        try files.replace(path, with: writer.output.span)
    }

    private static func text(_ state: SourceState?) -> String {
        state.map { "\($0.position) \($0.snapshotTime)" } ?? "none"
    }

    private static func write(_ record: RefusedRecord, _ holds: Holds, to writer: inout LDIFWriter) {
        writer.line("dn", record.subject.octets.span)
        writer.line(mark, "\(holds.rawValue) \(record.transaction)".utf8.span)
        for attribute in record.attributes {
            for value in attribute.values { writer.line(attribute.name, value.span) }
        }
        writer.endRecord()
    }

    private static func values(of record: LDIFRecord) -> [(name: String, value: [UInt8])] {
        guard case .content(let values) = record.change else { return [] }
        return values.map { (String(decoding: $0.name, as: UTF8.self), $0.value) }
    }

    private static func record(_ record: LDIFRecord) -> (Holds, RefusedRecord)? {
        let values = values(of: record)
        guard let subject = SubjectName(record.dn), let first = values.first, first.name == mark else { return nil }
        let words = first.value.split(separator: UInt8(ascii: " "))
        guard words.count == 2, let holds = Holds(rawValue: String(decoding: words[0], as: UTF8.self)),
            let transaction = TransactionID(words[1])
        else { return nil }
        var attributes: [IdentityAttribute] = []
        for (name, value) in values.dropFirst() {
            if let place = attributes.firstIndex(where: { $0.name == name }) {
                attributes[place].values.append(value)
            } else {
                attributes.append(IdentityAttribute(name, [value]))
            }
        }
        return (holds, RefusedRecord(subject: subject, attributes: attributes, transaction: transaction))
    }
}

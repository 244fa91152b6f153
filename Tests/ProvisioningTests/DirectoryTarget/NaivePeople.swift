import AttributeIndex
import CommonInterface
import Schema

@testable import Provisioning

/// A record of the model: a subject, the wanted name, and something else that may change.
struct NaiveRecord: Hashable {
    var subject: Int
    var name: Int
    var title: Int
    /// Whether the record has a value that nothing can make an entry of.
    var isBad = false

    var person: TestPerson {
        var person = TestPerson("s\(subject)", uid: "u\(name)", IdentityAttribute("title", text: "t\(title)"))
        if isBad { person.attributes.append(IdentityAttribute("mail", text: "\u{e9}")) }
        return person
    }
}

/// What a delivery says of one person.
enum NaivePersonChange: Hashable {
    case put(NaiveRecord)
    case delete(Int)

    var subject: Int {
        switch self {
        case .put(let record): record.subject
        case .delete(let subject): subject
        }
    }

    var change: TestChange {
        switch self {
        case .put(let record): .modify(record.person)
        case .delete(let subject): .delete("s\(subject)")
        }
    }
}

/// One source's people, as a dictionary: no entries, no keys, no files.
struct NaivePeople: Equatable {
    /// Who is served.
    var served: [Int: NaiveRecord] = [:]
    /// Whose record is refused, and with which transaction it came.
    var refused: [Int: NaiveRefusal] = [:]

    struct NaiveRefusal: Equatable {
        var record: NaiveRecord
        var transaction: UInt64
        /// Which of those of one transaction is tried first.
        var uuid: UInt128
    }

    let source: SourceID

    init(_ source: SourceID) { self.source = source }

    private func refusal(_ record: NaiveRecord, _ transaction: UInt64) -> NaiveRefusal {
        let uuid = source.entryUUID(ofSubject: Array("s\(record.subject)".utf8))
        return NaiveRefusal(record: record, transaction: transaction, uuid: uuid.number)
    }

    /// After a snapshot. - Parameter strangers: names that are not this source's.
    mutating func replace(_ records: [NaiveRecord], at position: UInt64, strangers: Set<Int>) {
        var last: [NaiveRecord] = []
        for record in records {
            last.removeAll { $0.subject == record.subject }
            last.append(record)
        }
        let gone = Set(served.keys).subtracting(last.map(\.subject))
        let lost = refusals(last, gone: gone, strangers: strangers)
        refused = [:]
        for subject in gone { served[subject] = nil }
        for record in last {
            if lost.contains(record.subject) {
                refused[record.subject] = refusal(record, position)
            } else {
                served[record.subject] = record
            }
        }
    }

    /// After a batch of changes, the first of which has the transaction `first`.
    mutating func apply(_ changes: [NaivePersonChange], first: UInt64, strangers: Set<Int>) {
        var order: [Int] = []
        var final: [Int: (change: NaivePersonChange, transaction: UInt64)] = [:]
        for (place, change) in changes.enumerated() {
            if final[change.subject] == nil { order.append(change.subject) }
            final[change.subject] = (change, first + UInt64(place))
        }
        var gone: Set<Int> = []
        var wanted: [NaiveRecord] = []
        for subject in order {
            switch final[subject]?.change {
            case .put(let record)?: wanted.append(record)
            default: gone.insert(subject)
            }
        }
        let retried = refused.filter { final[$0.key] == nil }
        wanted += retried.values.sorted { ($0.transaction, $0.uuid) < ($1.transaction, $1.uuid) }.map(\.record)
        let lost = refusals(wanted, gone: gone, strangers: strangers)
        for subject in gone { (served[subject], refused[subject]) = (nil, nil) }
        for record in wanted {
            if !lost.contains(record.subject) {
                served[record.subject] = record
                refused[record.subject] = nil
            } else if let transaction = final[record.subject]?.transaction {
                refused[record.subject] = refusal(record, transaction)
            }
        }
    }

    /// Who does not get what they want, found by trying until nothing changes.
    private func refusals(_ wanted: [NaiveRecord], gone: Set<Int>, strangers: Set<Int>) -> Set<Int> {
        var lost = Set(wanted.filter(\.isBad).map(\.subject))
        while true {
            let before = lost
            // Who keeps a name: all but those who go, and those who get another one.
            var taken = strangers
            for (subject, record) in served where !gone.contains(subject) {
                let wish = lost.contains(subject) ? nil : wanted.first { $0.subject == subject }
                if wish == nil || wish?.name == record.name { taken.insert(record.name) }
            }
            for record in wanted where !before.contains(record.subject) && served[record.subject]?.name != record.name {
                if !taken.insert(record.name).inserted { lost.insert(record.subject) }
            }
            if lost == before { return lost }
        }
    }
}

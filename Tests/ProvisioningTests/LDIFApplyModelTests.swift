import AttributeIndex
import LDIF
import Provisioning
import Schema
import Testing

/// Random change files against a dictionary that knows nothing of segments, keys or LDIF.
@Suite struct LDIFApplyModelTests {
    @Test func agreesWithANaiveModel() throws {
        let seed = UInt64.random(in: 0 ... .max)
        print("agreesWithANaiveModel: seed \(seed)")
        var random = SplitMix(state: seed)
        var generation = try Imported("dn: dc=x\nobjectClass: domain\ndc: x\n").generation
        var model = NaiveDirectory()
        var refused: [ProvisioningError.Code: Int] = [:]
        var done = 0
        for round in 0..<250 {
            let changes = (0..<Int.random(in: 1...3, using: &random)).map { _ in RandomChange(&random, model.names) }
            let (expected, next) = model.applying(changes.map(\.change))
            let result = run(changes.map(\.record), generation)
            switch (result, expected) {
            case (.success(let set), nil):
                generation = try generation.applying(set)
                model = next
                done += 1
            case (.failure(let error), let code?):
                #expect(error.code == code, "seed \(seed) round \(round): \(changes) gave \(error)")
                refused[code, default: 0] += 1
            default:
                Issue.record(
                    "seed \(seed) round \(round): \(changes): \(result), model: \(String(describing: expected))")
                return
            }
            #expect(try NaiveDirectory(generation) == model, "seed \(seed) round \(round): \(changes)")
            if generation.segments.count > 20 { generation = try Imported(generation.exported()).generation }
        }
        #expect(done > 15)
        #expect(refused.count >= 4, "\(refused)")
    }

    private func run(_ records: [LDIFRecord], _ generation: Generation) -> Result<ChangeSet, ProvisioningError> {
        do {
            var writer = LDIFWriter()
            for record in records { writer.record(record) }
            let folder = try TemporaryFolder()
            let file = try folder.write(writer.output, to: "changes.ldif")
            return .success(
                try LDIFApply(files: [file], generation: generation, base: .builtIn, suffix: "dc=x", options: .fixed)
                    .run())
        } catch let error as ProvisioningError {
            return .failure(error)
        } catch {
            Issue.record(error)
            preconditionFailure("\(error)")
        }
    }
}

/// One change, as the model understands it.
enum NaiveChange: CustomStringConvertible {
    case add(name: [String], description: [String])
    case delete(name: [String])
    case modify(name: [String], [(kind: LDIFModification.Kind, attribute: String, values: [String])])
    case rename(name: [String], rdn: String, deleteOld: Bool, parent: [String]?)

    var description: String {
        switch self {
        case .add(let name, let values): "add \(name) \(values)"
        case .delete(let name): "delete \(name)"
        case .modify(let name, let modifications): "modify \(name) \(modifications)"
        case .rename(let name, let rdn, let deleteOld, let parent):
            "rename \(name) to \(rdn) \(deleteOld) below \(String(describing: parent))"
        }
    }
}

/// A change made up from a few names, so that it often meets entries, and often not.
struct RandomChange: CustomStringConvertible {
    let change: NaiveChange
    let record: LDIFRecord
    var description: String { "\(change)" }

    init(_ random: inout SplitMix, _ names: [[String]]) {
        func word() -> String { ["a", "A", "b", "c", "ä", "Ä "].randomElement(using: &random) ?? "a" }
        func name() -> [String] { names.randomElement(using: &random) ?? [] }
        switch Int.random(in: 0..<10, using: &random) {
        case 0...3:
            let rdn = word()
            let values = (0..<Int.random(in: 0...2, using: &random)).map { _ in word() }
            change = .add(name: name() + [rdn], description: values)
        case 4:
            change = .delete(name: name() + (Bool.random(using: &random) ? [word()] : []))
        case 5...7:
            let count = Int.random(in: 1...3, using: &random)
            change = .modify(
                name: name(),
                (0..<count).map { _ in
                    let kinds: [LDIFModification.Kind] = [.add, .delete, .replace]
                    let kind = kinds.randomElement(using: &random) ?? .add
                    let attribute = ["cn", "description", "displayName"].randomElement(using: &random) ?? "cn"
                    let least = kind == .add ? 1 : 0
                    return (kind, attribute, (0..<Int.random(in: least...2, using: &random)).map { _ in word() })
                })
        default:
            change = .rename(
                name: name() + [word()], rdn: word(), deleteOld: Bool.random(using: &random),
                parent: Bool.random(using: &random) ? name() : nil)
        }
        record = change.record
    }
}

extension NaiveChange {
    private static func dn(_ name: [String]) -> [UInt8] {
        Array((name.reversed().map { "cn=\($0)," }.joined() + "dc=x").utf8)
    }

    private static func value(_ name: String, _ value: String) -> LDIFValue {
        LDIFValue(name: Array(name.utf8), value: Array(value.utf8))
    }

    var record: LDIFRecord {
        switch self {
        case .add(let name, let descriptions):
            let values =
                [Self.value("objectClass", "applicationProcess"), Self.value("objectClass", "extensibleObject")]
                + [Self.value("cn", name.last ?? "")] + descriptions.map { Self.value("description", $0) }
            return LDIFRecord(dn: Self.dn(name), change: .add(values))
        case .delete(let name):
            return LDIFRecord(dn: Self.dn(name), change: .delete)
        case .modify(let name, let modifications):
            return LDIFRecord(
                dn: Self.dn(name),
                change: .modify(
                    modifications.map { modification in
                        LDIFModification(
                            kind: modification.kind, name: Array(modification.attribute.utf8),
                            values: modification.values.map { Self.value(modification.attribute, $0) })
                    }))
        case .rename(let name, let rdn, let deleteOld, let parent):
            return LDIFRecord(
                dn: Self.dn(name),
                change: .rename(
                    newRDN: Array("cn=\(rdn)".utf8), deleteOldRDN: deleteOld, newSuperior: parent.map(Self.dn)))
        }
    }
}

/// A directory as a dictionary from names to attributes, all in normal form.
struct NaiveDirectory: Equatable {
    typealias Entry = [String: Set<String>]
    private var entries: [[String]: Entry] = [[]: ["cn": [], "description": [], "displayName": []]]

    init() {}

    /// Reads a generation back through its export.
    init(_ generation: Generation) throws {
        entries = [:]
        for record in try LDIFRecord.records(in: Array(generation.exported().utf8)) {
            guard case .content(let values) = record.change else { continue }
            let dn = String(decoding: record.dn, as: UTF8.self)
            let name = dn.split(separator: ",").map { Self.normal(String($0.drop { $0 != "=" }.dropFirst())) }
            if dn.lowercased().hasPrefix("ou=") { continue }
            var entry: Entry = ["cn": [], "description": [], "displayName": []]
            for value in values {
                let attribute = String(decoding: value.name, as: UTF8.self)
                if entry[attribute] != nil {
                    let isNew = entry[attribute]?.insert(Self.normal(String(decoding: value.value, as: UTF8.self)))
                        .inserted
                    #expect(isNew == true)
                }
            }
            entries[name.dropLast().reversed()] = entry
        }
    }

    /// Names that there are, and one that hardly is.
    var names: [[String]] { entries.keys.sorted { $0.joined(separator: "/") < $1.joined(separator: "/") } + [["zz"]] }

    static func normal(_ text: String) -> String {
        text.lowercased().split(separator: " ").joined(separator: " ")
    }

    private static func normal(_ name: [String]) -> [String] { name.map { normal($0) } }

    private struct Refusal: Error {
        let code: ProvisioningError.Code
    }

    /// The code of the first change that is refused, or nil and the directory after all of them.
    func applying(_ changes: [NaiveChange]) -> (ProvisioningError.Code?, NaiveDirectory) {
        var next = self
        do throws(Refusal) {
            for change in changes { try next.apply(change) }
            return (nil, next)
        } catch {
            return (error.code, self)
        }
    }

    private mutating func apply(_ change: NaiveChange) throws(Refusal) {
        switch change {
        case .add(let name, let descriptions): try add(Self.normal(name), descriptions.map { Self.normal($0) })
        case .delete(let name): try delete(Self.normal(name))
        case .modify(let name, let modifications): try modify(Self.normal(name), modifications)
        case .rename(let name, let rdn, let deleteOld, let parent):
            try rename(Self.normal(name), Self.normal(rdn), deleteOld, parent.map { Self.normal($0) })
        }
    }

    private mutating func add(_ name: [String], _ descriptions: [String]) throws(Refusal) {
        guard Set(descriptions).count == descriptions.count else { throw Refusal(code: .duplicateValue) }
        guard entries[name.dropLast()] != nil else { throw Refusal(code: .noParent) }
        guard entries[name] == nil else { throw Refusal(code: .entryExists) }
        entries[name] = ["cn": [name.last ?? ""], "description": Set(descriptions), "displayName": []]
    }

    private func below(_ name: [String]) -> [[String]] {
        entries.keys.filter { $0.count > name.count && Array($0.prefix(name.count)) == name }
    }

    private mutating func delete(_ name: [String]) throws(Refusal) {
        guard entries[name] != nil else { throw Refusal(code: .noSuchEntry) }
        // ou=People, which the import made, is below the suffix.
        guard below(name).isEmpty, !name.isEmpty else { throw Refusal(code: .notALeaf) }
        entries[name] = nil
    }

    private mutating func modify(
        _ name: [String], _ modifications: [(kind: LDIFModification.Kind, attribute: String, values: [String])]
    ) throws(Refusal) {
        guard var entry = entries[name] else { throw Refusal(code: .noSuchEntry) }
        for modification in modifications {
            let values = modification.values.map { Self.normal($0) }
            var present = entry[modification.attribute, default: []]
            switch modification.kind {
            case .delete:
                if present.isEmpty || !present.isSuperset(of: values) { throw Refusal(code: .noSuchValue) }
                present = values.isEmpty ? [] : present.subtracting(values)
            case .replace, .add:
                if modification.kind == .replace { present = [] }
                let all = present.union(values)
                if all.count < present.count + values.count { throw Refusal(code: .duplicateValue) }
                if modification.attribute == "displayName", all.count > 1 { throw Refusal(code: .singleValued) }
                present = all
            }
            entry[modification.attribute] = present
        }
        if let rdn = name.last, entry["cn"]?.contains(rdn) != true { throw Refusal(code: .namingValue) }
        entries[name] = entry
    }

    private mutating func rename(
        _ name: [String], _ rdn: String, _ deleteOld: Bool, _ parent: [String]?
    ) throws(Refusal) {
        guard var entry = entries[name] else { throw Refusal(code: .noSuchEntry) }
        guard parent == nil || entries[parent ?? []] != nil else { throw Refusal(code: .noParent) }
        let target = (parent ?? name.dropLast()) + [rdn]
        if target != name {
            guard Array(target.prefix(name.count)) != name else { throw Refusal(code: .notALeaf) }
            guard entries[target] == nil else { throw Refusal(code: .entryExists) }
        }
        if deleteOld { entry["cn"]?.remove(name.last ?? "") }
        entry["cn"]?.insert(rdn)
        let moved = below(name).map { ($0, entries[$0]) }
        for (old, _) in moved { entries[old] = nil }
        entries[name] = nil
        entries[target] = entry
        for (old, state) in moved { entries[target + old.dropFirst(name.count)] = state }
    }
}

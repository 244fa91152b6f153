import AttributeIndex
import Foundation
import LDIF
import Provisioning
import Schema
import Storage
import Synchronization

/// A folder of its own for one test; removed with it.
final class TemporaryFolder {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "peopled-provisioning-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    /// Writes a file and gives its path.
    func write(_ text: String, to name: String = "seed.ldif") throws -> String {
        try write(Array(text.utf8), to: name)
    }

    func write(_ octets: [UInt8], to name: String) throws -> String {
        let file = path + "/" + name
        try Data(octets).write(to: URL(fileURLWithPath: file))
        return file
    }
}

/// An imported directory, ready to be looked at.
struct Imported {
    let generation: Generation
    let suffix: String
    let warnings: [ImportWarning]
    let entryCount: Int

    /// Imports texts, each as a file of its own.
    init(_ texts: [String], schema: Schema = .builtIn, options: ImportOptions = .fixed) throws {
        let folder = try TemporaryFolder()
        var files: [String] = []
        for (number, text) in texts.enumerated() { files.append(try folder.write(text, to: "seed\(number).ldif")) }
        let directory = try LDIFImport(files: files, schema: schema, options: options).run()
        suffix = directory.suffix.text
        warnings = directory.warnings
        entryCount = directory.entryCount
        let schema = directory.schema
        let image = try directory.finish()
        let segment = try Segment(mapping: image.mapping, schema: schema)
        generation = try Generation(sequence: 1, schema: segment.schema, segments: [segment])
    }

    init(_ text: String, schema: Schema = .builtIn, options: ImportOptions = .fixed) throws {
        try self.init([text], schema: schema, options: options)
    }

    var export: String { get throws { try generation.exported() } }

    /// The values of an attribute of an entry, as text; nil where there is no such entry.
    func values(_ dn: String, _ attribute: String) throws -> [String]? {
        try generation.values(dn, attribute)
    }
}

extension ImportOptions {
    /// A stamp that does not depend on the clock: 2026-01-02T03:04:05.000006Z.
    static var fixed: ImportOptions {
        var options = ImportOptions()
        options.stamp = ChangeStamp(seconds: 1_767_323_045, microseconds: 6)
        return options
    }

    static var strict: ImportOptions {
        var options = fixed
        options.isStrict = true
        return options
    }
}

extension Generation {
    func exported() throws -> String {
        var octets: [UInt8] = []
        try LDIFExport(generation: self).run { octets += $0 }
        return String(decoding: octets, as: UTF8.self)
    }

    func place(_ dn: String) throws -> EntryPlace? {
        let name = try DistinguishedName(parsing: dn, schema: schema)
        return try find(name.key.span)
    }

    func record(_ dn: String) throws -> EntryRecord? {
        guard let place = try place(dn) else { return nil }
        return try segments[place.segment].record(place.entry)
    }

    func flags(_ dn: String) throws -> EntryFlags? {
        guard let place = try place(dn) else { return nil }
        return try segments[place.segment].flags(place.entry)
    }

    func values(_ dn: String, _ attribute: String) throws -> [String]? {
        guard let record = try record(dn) else { return nil }
        guard let description = AttributeDescription(parsing: attribute, schema: schema) else { return [] }
        return record.values(of: description).map { String(decoding: $0, as: UTF8.self) }
    }

    /// The generation after some changes, as the store would make it.
    func applying(_ changes: ChangeSet) throws -> Generation {
        var builder = SegmentBuilder(schema: changes.schema)
        for change in changes.changes {
            switch change {
            case .put(let record): try builder.add(record)
            case .delete(let key): builder.addTombstone(key: key)
            }
        }
        let segment = try Segment(mapping: try builder.finish().mapping, schema: changes.schema)
        return try adding(segment, sequence: sequence + 1)
    }
}

/// SplitMix64: a small generator whose seed can be printed.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

/// Values that come from a callback.
final class Collector<Element: Sendable>: Sendable {
    private let values = Mutex<[Element]>([])

    func append(_ value: Element) {
        values.withLock { $0.append(value) }
    }

    var all: [Element] { values.withLock { $0 } }
}

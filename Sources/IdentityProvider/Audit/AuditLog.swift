import CommonInterface
import Foundation
import Storage

/// What was released to whom: subject, names of attributes, service provider, transaction; never values. Append-only, a file a
/// day, one JSON object a line.
///
/// Lines are durable before what they speak of can be fetched. People with the same attributes share a line.
struct AuditLog: Sendable {
    private struct Line: Encodable {
        let time: String
        let provider: String
        let how: String
        let transactionID: String
        let attributes: [String]
        let subjects: [String]
    }

    /// People of one line.
    private static let perLine = 200

    let directory: String
    let files: any FileSystem

    /// Lines on their way, grouped.
    struct Batch: Sendable {
        fileprivate var groups: [[String]: [String]] = [:]
        fileprivate var lines: [UInt8] = []
        fileprivate let head: (time: Int64, provider: EntityID, how: String, transactionID: UInt64)

        /// A batch of what is released now.
        init(time: Int64, provider: EntityID, how: String, transactionID: UInt64) {
            head = (time, provider, how, transactionID)
        }

        /// Octets of the lines that are complete.
        var size: Int { lines.count }

        /// Notes that somebody's attributes are released.
        mutating func add(_ subject: SubjectName, _ attributes: [String]) {
            groups[attributes, default: []].append(String(decoding: subject.value, as: UTF8.self))
            if groups[attributes]?.count == AuditLog.perLine { close(attributes) }
        }

        fileprivate mutating func close(_ attributes: [String]) {
            guard let subjects = groups.removeValue(forKey: attributes) else { return }
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            let line = Line(
                time: CivilTime.rfc3339(seconds: head.time), provider: head.provider.text, how: head.how,
                transactionID: String(head.transactionID), attributes: attributes, subjects: subjects)
            guard let json = try? encoder.encode(line) else { return }
            lines += json
            lines.append(UInt8(ascii: "\n"))
        }

        fileprivate mutating func take() -> [UInt8] {
            for attributes in groups.keys.sorted(by: { $0.lexicographicallyPrecedes($1) }) { close(attributes) }
            defer { lines = [] }
            return lines
        }
    }

    /// The file of the day of a moment, given in seconds since 1970.
    static func name(ofDay seconds: Int64) -> String {
        String(CivilTime.rfc3339(seconds: seconds).prefix(10)) + ".log"
    }

    /// Makes what the batch holds durable.
    func write(_ batch: inout Batch) throws(StorageError) {
        let lines = batch.take()
        guard !lines.isEmpty else { return }
        try files.makeDirectory(directory)
        let path = directory + "/" + Self.name(ofDay: batch.head.time)
        let isNew = try files.status(of: path) == nil
        let file = try files.open(path, isNew ? .create : .update)
        try file.write(lines.span, at: try file.size())
        try file.synchronize()
        if isNew {
            try files.synchronizeDirectory(directory)
            try files.synchronizeDirectory(files.directory(of: directory))
        }
    }
}

import AttributeIndex
import CommonInterface
import Foundation
import Storage

/// The files of a controller below the data directory: `feed/` for what is fetched, `register/sources/` for what is agreed with
/// each source, `register/held/` for what waits for somebody (see `HeldDelivery`).
struct FeedFiles: Sendable {
    private static let agreementTitle = "peopled source 1"
    private static let limit = 1 << 20

    let files: any FileSystem
    /// Where files are fetched to.
    let downloads: String
    let held: String
    private let agreements: String

    /// Makes the directories, and removes what an earlier life has left half fetched.
    init(directory: String, files: any FileSystem) throws(StorageError) {
        self.files = files
        downloads = directory + "/feed"
        let register = directory + "/register"
        held = register + "/held"
        agreements = register + "/sources"
        for path in [downloads, register, held, agreements] {
            try files.makeDirectory(path)
            try files.synchronizeDirectory(files.directory(of: path))
        }
        for name in try files.list(downloads) { try files.remove(downloads + "/" + name) }
    }

    /// What is agreed with a source; nil where nothing is, or the file is not as it was written: then it is agreed anew.
    func agreement(with source: SourceID) throws(StorageError) -> SourceAgreement? {
        try read(SourceAgreement.self, agreements + "/\(source)", Self.agreementTitle)
    }

    /// Remembers what is agreed, durably.
    func remember(_ agreement: SourceAgreement, with source: SourceID) throws(StorageError) {
        try write(agreement, agreements + "/\(source)", Self.agreementTitle)
    }

    /// Forgets what is agreed, durably: before something else is.
    func forgetAgreement(with source: SourceID) throws(StorageError) {
        guard try files.status(of: agreements + "/\(source)") != nil else { return }
        try files.remove(agreements + "/\(source)")
        try files.synchronizeDirectory(agreements)
    }

    /// Reads a small checksummed file; nil where there is none, or it is not as it was written.
    func read<Value: Decodable>(
        _: Value.Type, _ path: String, _ title: String
    ) throws(StorageError) -> Value? {
        guard try files.status(of: path) != nil else { return nil }
        let octets = try files.contents(of: path, limit: Self.limit)
        guard let line = ChecksummedText.lines(of: octets, title: title)?.first else { return nil }
        return try? JSONDecoder().decode(Value.self, from: Data(line.utf8))
    }

    /// Writes a small checksummed file in one step.
    func write(_ value: some Encodable, _ path: String, _ title: String) throws(StorageError) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let json = try? encoder.encode(value) else { return }
        let octets = ChecksummedText.make(title, [String(decoding: json, as: UTF8.self)])
        try files.replace(path, with: octets.span)
    }
}

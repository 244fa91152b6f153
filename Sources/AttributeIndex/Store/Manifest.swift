import Storage

/// What the data directory holds as of one publication. Whatever no manifest names does not exist.
struct Manifest: Equatable, Sendable {
    /// One more at each publication.
    var sequence: UInt64
    /// The entries' files; nil before the first import.
    var index: IndexManifest?
    /// How far each identity provider's people go, in the order in which the providers first delivered.
    var sources: [SourceState] = []

    /// How far a source has come; nil where it has not delivered yet.
    func state(of source: SourceID) -> SourceState? { sources.first { $0.id == source } }
}

/// The files of the index: one list, whatever the number of sources, so that a look-up asks no more segments for it.
struct IndexManifest: Equatable, Sendable {
    /// What the last import was made of.
    var metadata: ImportMetadata
    /// Numbers below this one were given to a file before, and are not given again.
    var nextFile: UInt32
    /// Newest first.
    var segments: [SegmentFile]
    /// Changes newer than every segment.
    var journal: JournalFile?
}

/// A segment's file: its name, and enough to know it from any other. Its last 256 octets are a footer that covers the rest by
/// checksums, and whose own checksum stands last; with that the checksum of all footers would be the same.
struct SegmentFile: Hashable, Sendable {
    var number: UInt32
    var size: Int
    /// CRC-32C of the octets at `tail(ofSize:)`.
    var tail: UInt32
    var entries: Int

    var name: String { storeFileName(number, "segment") }

    /// Where the octets of a file of `size` lie that tell it from any other.
    static func tail(ofSize size: Int) -> Range<Int> {
        let end = max(0, size - 4)
        return max(0, end - 252)..<end
    }
}

/// A journal's file, and how much of it was acknowledged.
struct JournalFile: Equatable, Sendable {
    var number: UInt32
    var position: JournalPosition

    var name: String { storeFileName(number, "journal") }
}

extension JournalFile {
    /// A journal without records.
    init(empty number: UInt32) { self.init(number: number, position: Journal.start(number)) }
}

/// "0007.segment".
func storeFileName(_ number: UInt32, _ kind: String) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, 4 - digits.count)) + digits + "." + kind
}

/// What an import was made of: for `serve --ldif`, which warns when its files are others.
public struct ImportMetadata: Equatable, Sendable {
    /// The distinguished name all entries lie under, as given.
    public var suffix: String
    /// Seconds since 1970.
    public var imported: Int64
    /// In the order they were read.
    public var files: [ImportedFile]

    /// Metadata as given.
    public init(suffix: String, imported: Int64, files: [ImportedFile]) {
        self.suffix = suffix
        self.imported = imported
        self.files = files
    }
}

/// A file that was imported.
public struct ImportedFile: Equatable, Sendable {
    /// As given on the command line.
    public var path: String
    /// Octets.
    public var size: Int
    /// Last change, nanoseconds since 1970.
    public var modified: Int64
    /// SHA-256 in hexadecimal, or empty.
    public var digest: String

    /// A file as given.
    public init(path: String, size: Int, modified: Int64, digest: String) {
        self.path = path
        self.size = size
        self.modified = modified
        self.digest = digest
    }
}

public import Schema
import Storage

/// What the data directory holds as of one publication. Whatever no manifest names does not exist.
struct Manifest: Equatable, Sendable {
    /// One more at each publication.
    var sequence: UInt64
    /// The stores, by their source, in the order of their names.
    var sources: [SourceManifest] = []
}

/// The files of one source.
struct SourceManifest: Equatable, Sendable {
    var id: SourceID
    /// What the source's last snapshot was made of.
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
struct SegmentFile: Equatable, Sendable {
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

/// A source of entries: an identity provider, or the LDIF seeds.
public struct SourceID: Hashable, Sendable, CustomStringConvertible {
    /// The name of its folder under `sources`: small letters, digits and hyphens.
    public let description: String

    /// The LDIF seeds.
    public static let ldif = SourceID(checked: "ldif")

    /// A source by its folder's name; nil for a name that is empty, longer than 64 octets or has other characters.
    public init?(_ name: String) {
        let isAllowed = name.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D }
        guard isAllowed, (1...64).contains(name.utf8.count) else { return nil }
        description = name
    }

    /// The source that a UUID stands for.
    public init(uuid: UUIDv5) { self.init(checked: String(decoding: uuid.text, as: UTF8.self)) }

    private init(checked name: String) { description = name }
}

/// What a snapshot was made of: for `serve --ldif`, which warns when its files are others.
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

import CommonInterface
import Credentials
import Storage

/// Why a file was not prepared.
enum PreparationFailure: Error {
    case storage(StorageError)
    case damaged
    /// It would be larger than files may be.
    case limit
}

/// A file while it is prepared: streamed to disk, its digest and length counted on the way.
struct PreparationFile: ~Copyable {
    private var writer: FileWriter
    private var digest = RunningDigest(.sha256)
    private let path: String
    private let files: any FileSystem
    private let limit: Int
    private(set) var records = 0

    init(_ path: String, limit: Int, files: any FileSystem) throws(PreparationFailure) {
        self.path = path
        self.files = files
        self.limit = limit
        do throws(StorageError) { writer = FileWriter(try files.open(path, .create)) } catch { throw .storage(error) }
    }

    /// Octets so far.
    var count: Int { writer.count }

    /// Whether so many octets more are within the limit.
    func hasRoom(for octets: Int) -> Bool { writer.count + octets <= limit }

    /// Adds a record, or what comes before the first.
    mutating func write(_ octets: [UInt8], isRecord: Bool) throws(PreparationFailure) {
        guard hasRoom(for: octets.count) else { throw .limit }
        digest.update(octets.span)
        do throws(StorageError) { try writer.write(octets) } catch { throw .storage(error) }
        if isRecord { records += 1 }
    }

    /// Makes file and name durable.
    consuming func finish() throws(PreparationFailure) -> PreparedContent {
        do throws(StorageError) {
            try writer.flush()
            try writer.file.synchronize()
            try files.synchronizeDirectory(files.directory(of: path))
        } catch {
            throw .storage(error)
        }
        let (size, records) = (writer.count, records)
        return PreparedContent(size: size, digest: Hexadecimal.text(of: digest.finish()), records: records)
    }
}

/// What a prepared file turned out to be.
struct PreparedContent: Sendable {
    let size: Int
    let digest: String
    let records: Int
}

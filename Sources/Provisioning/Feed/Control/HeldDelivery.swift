import AttributeIndex
import CommonInterface
import Credentials
import Storage

/// A delivery that would remove too many people, and waits for somebody to say whether it is right.
struct HeldDelivery: Codable, Equatable, Sendable {
    /// What it is.
    enum Kind: String, Codable { case snapshot, changes }

    /// A snapshot, or changes.
    let kind: Kind
    /// Where the source stood when it came: the position that changes follow.
    let after: TransactionID?
    /// Where it leads to; nil where the changes themselves say.
    let position: TransactionID?
    /// How many records a snapshot should have.
    let records: Int?
    /// So many people would go.
    let removals: Int
    /// Of so many.
    let people: Int
    /// When it came, in seconds since 1970.
    let time: Int64
    /// SHA-256 of the file, in hexadecimal. Filled in where it is kept.
    var digest = ""
}

/// Each held delivery is two files: the records, and what is known of them, which is written last and removed first. Without it
/// the records do not count.
extension FeedFiles {
    private static let heldTitle = "peopled held delivery 1"

    /// Where the records of what is held are.
    func heldRecords(of source: SourceID) -> String { held + "/\(source).ldif" }

    private func heldNote(of source: SourceID) -> String { held + "/\(source).held" }

    /// Moves a fetched file to where it survives restarts, in place of what was held before. Durable when this returns.
    /// - Returns: what is known of it, its digest included.
    func hold(
        _ delivery: HeldDelivery, of source: SourceID, file path: String
    ) throws(StorageError) -> HeldDelivery {
        try dropHeld(of: source)
        try files.open(path, .update).synchronize()
        try files.rename(path, to: heldRecords(of: source))
        return try note(delivery, of: source)
    }

    /// The same for what was pushed.
    func hold(
        _ delivery: HeldDelivery, of source: SourceID, octets: [UInt8]
    ) throws(StorageError) -> HeldDelivery {
        try dropHeld(of: source)
        let file = try files.open(heldRecords(of: source), .create)
        try file.write(octets.span, at: 0)
        try file.synchronize()
        return try note(delivery, of: source)
    }

    private func note(_ delivery: HeldDelivery, of source: SourceID) throws(StorageError) -> HeldDelivery {
        try files.synchronizeDirectory(held)
        var delivery = delivery
        delivery.digest = try digest(of: heldRecords(of: source))
        try write(delivery, heldNote(of: source), Self.heldTitle)
        return delivery
    }

    /// What is held of a source. What is half there, after a crash, is removed.
    func heldDelivery(of source: SourceID) throws(StorageError) -> HeldDelivery? {
        let known = try read(HeldDelivery.self, heldNote(of: source), Self.heldTitle)
        guard let known, try files.status(of: heldRecords(of: source)) != nil else {
            try dropHeld(of: source)
            return nil
        }
        return known
    }

    /// Whether the records are as they were.
    func isIntact(_ delivery: HeldDelivery, of source: SourceID) throws(StorageError) -> Bool {
        try digest(of: heldRecords(of: source)) == delivery.digest
    }

    /// Forgets what is held, if anything is. Durable when this returns.
    func dropHeld(of source: SourceID) throws(StorageError) {
        for path in [heldNote(of: source), heldRecords(of: source)] where try files.status(of: path) != nil {
            try files.remove(path)
            try files.synchronizeDirectory(held)
        }
    }

    private func digest(of path: String) throws(StorageError) -> String {
        let file = try files.open(path, .read)
        var digest = RunningDigest(.sha256)
        var piece: [UInt8] = []
        var offset = 0
        while true {
            piece.removeAll(keepingCapacity: true)
            try file.read(1 << 20, at: offset, into: &piece)
            guard !piece.isEmpty else { break }
            digest.update(piece.span)
            offset += piece.count
        }
        return Hexadecimal.text(of: digest.finish())
    }
}

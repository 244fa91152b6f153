import Storage

/// A `FileJournal`'s committed entries of one moment. What is committed never changes; what is pruned while it is read is not found.
struct FileJournalView: JournalView {
    /// Where a block begins.
    struct Mark: Sendable {
        /// Its first transaction.
        let id: UInt64
        let position: JournalPosition
    }

    let directory: String
    let files: any FileSystem
    let manifest: JournalManifest
    let marks: [UInt32: [Mark]]

    var last: UInt64 { manifest.last }

    func read(after id: UInt64, _ body: (JournalEntry) throws(StorageError) -> Bool) throws(StorageError) {
        guard id >= manifest.pruned else {
            throw StorageError(.outOfBounds, path: directory, "transactions after \(id) were pruned")
        }
        var isDone = false
        var expected = manifest.pruned
        for segment in manifest.segments where !isDone {
            defer { expected = segment.last }
            guard segment.last > id else { continue }
            let mark = marks[segment.number]?.last { $0.id <= id + 1 && $0.position.length <= segment.length }
            if let mark { expected = mark.id - 1 }
            let path = directory + "/" + Self.name(of: segment.number)
            try Journal.read(
                path, number: segment.number, from: mark?.position ?? Journal.start(segment.number),
                to: segment.position, files: files
            ) { (block) throws(StorageError) in
                guard !isDone else { return }
                try entries(of: block, path, &expected) { (entry) throws(StorageError) in
                    guard entry.id > id, !isDone else { return }
                    isDone = try !body(entry)
                }
            }
        }
    }

    /// Decodes a block, whose transactions must follow each other without a hole.
    private func entries(
        of block: [UInt8], _ path: String, _ expected: inout UInt64,
        _ body: (JournalEntry) throws(StorageError) -> Void
    ) throws(StorageError) {
        var reader = OctetReader(block.span)
        while !reader.isAtEnd {
            guard let entry = JournalEntry(&reader), entry.id == expected + 1 else {
                throw .damaged(path, at: reader.position, section: "journal", "no entry follows \(expected)")
            }
            expected = entry.id
            try body(entry)
        }
    }

    static func name(of number: UInt32) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, 8 - digits.count)) + digits + ".journal"
    }
}

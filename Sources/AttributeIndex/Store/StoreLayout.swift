import Storage

/// Where things are in a data directory.
struct StoreLayout: Sendable {
    /// Without a slash at the end.
    let directory: String

    init(_ directory: String) {
        var path = directory[...]
        while path.utf8.count > 1, path.utf8.last == 0x2F { path = path.dropLast() }
        self.directory = String(path)
    }

    var lock: String { directory + "/lock" }
    var sources: String { directory + "/sources" }

    func folder(_ source: SourceID) -> String { "\(sources)/\(source)" }

    func path(_ source: SourceID, _ name: String) -> String { "\(folder(source))/\(name)" }

    /// The number in the name of a segment or journal; nil for any other name.
    static func number(ofFile name: String) -> UInt32? {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[1] == "segment" || parts[1] == "journal", let number = UInt32(parts[0]),
            storeFileName(number, String(parts[1])) == name
        else { return nil }
        return number
    }

    /// Makes the directories of a source. All are made durable, those that were there too: they may be there only since a
    /// start that failed.
    func make(_ source: SourceID, _ files: any FileSystem) throws(StorageError) {
        for path in [directory, sources, folder(source)] {
            try files.makeDirectory(path)
            try files.synchronizeDirectory(files.directory(of: path))
        }
    }
}

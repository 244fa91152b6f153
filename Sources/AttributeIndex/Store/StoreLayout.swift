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
    /// Where segments and journals are.
    var folder: String { directory + "/directory" }
    /// Where version 1 of the manifest had them.
    var formerFolder: String { directory + "/sources/ldif" }

    func path(_ name: String) -> String { "\(folder)/\(name)" }

    /// The number in the name of a segment or journal; nil for any other name.
    static func number(ofFile name: String) -> UInt32? {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[1] == "segment" || parts[1] == "journal", let number = UInt32(parts[0]),
            storeFileName(number, String(parts[1])) == name
        else { return nil }
        return number
    }

    /// Makes the directories. Both are made durable, also where they were there: they may be there only since a start that
    /// failed.
    func make(_ files: any FileSystem) throws(StorageError) {
        for path in [directory, folder] {
            try files.makeDirectory(path)
            try files.synchronizeDirectory(files.directory(of: path))
        }
    }
}

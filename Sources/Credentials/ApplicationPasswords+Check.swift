import Storage

/// Something that `check` found wrong in the store of application passwords.
public struct RegisterFinding: Sendable, Equatable, CustomStringConvertible {
    /// The file.
    public let file: String
    /// What is wrong with it.
    public let problem: String
    /// What puts it right.
    public let remedy: String

    /// All in one line.
    public var description: String { "\(file): \(problem); \(remedy)" }
}

extension ApplicationPasswords {
    /// Reads every file of the store.
    ///
    /// - Throws: when a directory cannot be read.
    public func check() throws(ApplicationPasswordError) -> [RegisterFinding] {
        var findings: [RegisterFinding] = []
        for name in try names() {
            // What a change that was cut short left behind. The next one of that person takes its place.
            if name.hasSuffix(".new"), EntryUUID(String(name.dropLast(4))) != nil { continue }
            let path = "\(directory)/\(name)"
            guard let entry = EntryUUID(name), entry.description == name else {
                findings.append(
                    RegisterFinding(file: path, problem: "it is none of peopled's files", remedy: "move it elsewhere"))
                continue
            }
            do throws(ApplicationPasswordError) {
                _ = try file(of: entry)
            } catch {
                findings.append(
                    RegisterFinding(
                        file: path,
                        problem: error.code == .damaged ? "its checksum or form is wrong" : error.description,
                        remedy: "restore it from a backup, or remove it, which revokes what is in it"))
            }
        }
        do throws(ApplicationPasswordError) {
            _ = try lastUses()
        } catch {
            findings.append(
                RegisterFinding(
                    file: usesPath,
                    problem: error.code == .damaged ? "its checksum or form is wrong" : error.description,
                    remedy: "remove it, which forgets the last uses of application passwords only"))
        }
        return findings
    }

    /// The names in the directory of the store.
    func names() throws(ApplicationPasswordError) -> [String] {
        do throws(StorageError) {
            guard try files.status(of: directory) != nil else { return [] }
            return try files.list(directory)
        } catch {
            throw ApplicationPasswordError(error)
        }
    }
}

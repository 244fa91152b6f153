import AttributeIndex
import LDIF

extension LDIFReader {
    /// A reader of the file at a path, which has to be one that can be read twice.
    static func opening(_ path: String, limits: LDIFLimits) throws(ProvisioningError) -> LDIFReader {
        LDIFReader(file: path, input: try LDIFFile.regular(path), limits: limits)
    }

    /// Reads the next record, with errors as provisioning has them.
    mutating func nextRecord() throws(ProvisioningError) -> Bool {
        do {
            return try next()
        } catch {
            throw ProvisioningError(error)
        }
    }
}

extension LDIFFile {
    /// The file at a path, which has to be one that can be read twice.
    static func regular(_ path: String) throws(ProvisioningError) -> LDIFFile {
        do throws(LDIFInputError) {
            let file = try LDIFFile(path: path)
            guard file.isRegular else { throw LDIFInputError(reason: "it is not a regular file") }
            return file
        } catch {
            throw ProvisioningError(
                .ldif(.unreadable), at: RecordPlace(file: path, line: 0), "cannot read: \(error.reason)")
        }
    }

    /// What the file at a path is like now.
    static func status(_ path: String) throws(ProvisioningError) -> ImportedFile {
        let file = try regular(path)
        return ImportedFile(path: path, size: file.size, modified: file.modificationTime, digest: "")
    }

    /// What the files at some paths are like now.
    static func statuses(_ paths: [String]) throws(ProvisioningError) -> [ImportedFile] {
        var files: [ImportedFile] = []
        for path in paths { files.append(try status(path)) }
        return files
    }
}

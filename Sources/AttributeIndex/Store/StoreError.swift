import Storage

/// Why a data directory could not be opened, read or changed. Two errors are equal when their codes are.
public struct StoreError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The kinds of failure a caller answers differently.
    public enum Code: Sendable {
        /// The directory holds no index yet.
        case noIndex
        /// A file is not as it was written. Nothing may be served from it.
        case damaged
        /// A file is of another version of the format, or was written when the schema had other rules for an attribute.
        case outdated
        /// Another process is writing to the directory.
        case locked
        /// The device is full. What was there before is unchanged.
        case full
        /// The file layer failed otherwise.
        case files
        /// The change itself cannot be made: a record no segment can hold. Nothing was changed.
        case refused
        /// What the change was worked out on no longer counts: it is to be worked out again. Nothing was changed.
        case superseded
    }

    /// What kind of failure it was.
    public let code: Code
    /// One sentence for people that says what helps, without a final stop. Never holds a value of an attribute.
    public let description: String

    /// An error with a sentence of its own.
    public init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }

    /// The error of the file layer, with what rebuilds the directory when it is damage.
    init(_ error: StorageError) {
        switch error.code {
        case .locked: self.init(.locked, error.description)
        case .damaged, .outOfBounds: self = .damaged(error.description)
        case .system: self.init(error.isFull ? .full : .files, error.description)
        }
    }

    /// The error of a segment: damage when the file is at fault, else a record that cannot be held.
    init(_ error: SegmentError, path: String) {
        switch error.code {
        case _ where error.isDamage: self = .damaged("\(path): \(error)")
        case .unsupportedVersion, .schemaChanged:
            self.init(.outdated, "\(path): \(error); 'peopled import' of the LDIF files makes the directory anew")
        case .storage(.system(let number)):
            let isFull = StorageError.system(number, while: "", "").isFull
            self.init(isFull ? .full : .files, error.description)
        default: self.init(.refused, "\(path): \(error)")
        }
    }

    static func damaged(_ finding: String) -> StoreError {
        StoreError(.damaged, "\(finding); 'peopled import' of the LDIF files, or a backup, rebuilds the directory")
    }

    /// Equal codes.
    public static func == (left: StoreError, right: StoreError) -> Bool { left.code == right.code }
}

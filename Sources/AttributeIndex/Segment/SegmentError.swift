public import Storage

/// Why a segment could not be read or built. Two errors are equal when their codes are.
public struct SegmentError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The kinds of failure a caller may want to tell apart.
    public enum Code: Equatable, Sendable {
        /// The file layer failed, or found a wrong checksum or an offset outside the file.
        case storage(StorageError.Code)
        /// The file does not begin and end as a segment does.
        case notASegment
        /// A segment of a later version of the format.
        case unsupportedVersion
        /// What the file says of itself does not fit together.
        case damaged
        /// The schema gives an attribute other rules than it had when the segment was built.
        case schemaChanged
        /// Two entries with one distinguished name.
        case duplicateEntry
        /// A record that no segment can hold: no values, an attribute twice, a description the schema does not know.
        case invalidRecord
        /// More entries, values or octets than the format counts.
        case tooLarge
    }

    /// What kind of failure it was.
    public let code: Code
    /// One sentence for people, without a final stop. Never holds a value of an attribute.
    public let description: String

    /// An error with a sentence of its own.
    public init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }

    init(_ error: StorageError) {
        self.init(.storage(error.code), error.description)
    }

    /// By code.
    public static func == (left: SegmentError, right: SegmentError) -> Bool { left.code == right.code }

    /// True when the file, not the caller, is at fault.
    public var isDamage: Bool {
        switch code {
        case .damaged, .notASegment, .storage(.damaged), .storage(.outOfBounds): true
        default: false
        }
    }

    @inline(never)
    static func damaged(_ finding: String) -> SegmentError {
        SegmentError(.damaged, "The segment is damaged: \(finding)")
    }
}

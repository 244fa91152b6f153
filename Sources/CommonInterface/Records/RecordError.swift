public import LDIF

/// Why a snapshot or changelog was refused, and where. It never holds a value of the file.
public struct RecordError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What kind of mistake it is. Errors are equal when their codes are.
    public enum Code: Sendable, Hashable {
        /// The file is no LDIF.
        case ldif(LDIFError.Code)
        /// The file holds another kind of record than this one should: content instead of changes, or the other way.
        case kind
        /// An attribute of a changelog record is missing, has several values or is malformed.
        case field
        /// A name is not `<attribute>=<value>,ou=People`.
        case subject
        /// The transaction IDs do not ascend.
        case order
        /// A change before this one is missing: ask for a snapshot.
        case gap
        /// The change type is none of add, modify and delete, or its `changes` are not of its kind.
        case type
        /// One of the limits is exceeded.
        case limit
    }

    /// The kind of mistake.
    public let code: Code
    /// Where and what, for people.
    public let description: String

    init(_ code: Code, file: String, line: Int, _ reason: String) {
        self.code = code
        description = "\(file):\(line): \(reason)"
    }

    /// The error of LDIF.
    public init(_ error: LDIFError) {
        code = .ldif(error.code)
        description = error.description
    }

    /// Equal codes.
    public static func == (left: RecordError, right: RecordError) -> Bool { left.code == right.code }
}

/// What a snapshot or changelog may hold before it is refused.
public struct RecordLimits: Sendable {
    /// Octets of one record as it stands in the file.
    public var recordLength = 32 << 20
    /// Octets of a person's name.
    public var nameLength = 4096
    /// Attributes of one record.
    public var attributes = 1000
    /// Values of one record.
    public var values = 100_000

    /// The default limits.
    public init() {}

    /// The limits as LDIF has them.
    public var ldif: LDIFLimits {
        var limits = LDIFLimits()
        limits.recordLength = recordLength
        limits.lineLength = recordLength
        limits.linesInRecord = values
        limits.nameLength = nameLength
        limits.attributeDescriptionLength = 256
        limits.controlsInRecord = 0
        return limits
    }
}

public import LDIF

/// Why an import, a change file or an export was given up; nothing was changed then.
///
/// It says where and what was expected, and never holds a value: LDIF files hold passwords.
public struct ProvisioningError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What kind of failure it is. Errors are equal when their codes are.
    public enum Code: Sendable, Hashable {
        /// The LDIF file itself is unreadable or malformed.
        case ldif(LDIFError.Code)
        /// A distinguished name is malformed.
        case invalidName
        /// An attribute description is malformed.
        case invalidAttribute
        /// A value is not of its attribute's syntax.
        case invalidValue
        /// A name is given twice.
        case duplicateEntry
        /// An entry is neither the suffix nor below it.
        case outsideSuffix
        /// Several values of a single-valued attribute.
        case singleValued
        /// A value of the entry's own name is not among its attributes.
        case namingValue
        /// One value twice in an attribute (RFC 4512 section 2.3): refused in changes, dropped by an import.
        case duplicateValue
        /// Required and allowed attributes, or object classes, are not kept to: refused when strict.
        case schemaViolation
        /// A name that the schema does not know: refused when strict, and in changes.
        case unknownName
        /// Content records where changes were expected, or the other way round.
        case wrongRecord
        /// A change of an entry that is not there.
        case noSuchEntry
        /// An entry is added, or renamed, where one is already.
        case entryExists
        /// The new entry's parent is not there.
        case noParent
        /// An entry with entries below it is deleted, or moved below itself.
        case notALeaf
        /// A value or attribute is deleted that is not there.
        case noSuchValue
        /// A value is added to or deleted from an attribute whose values cannot be compared.
        case noEqualityRule
        /// A change of an entry that an identity provider gives, or below one.
        case identityProvider
        /// An operational attribute that only the server sets.
        case noUserModification
        /// A critical control that changes from a file do not support.
        case criticalControl
        /// The files give no entry at all.
        case noEntries
        /// The index could not be built, read or written.
        case index
    }

    /// The kind of failure.
    public let code: Code
    /// The file, or empty where the failure is not in one.
    public let file: String
    /// The line, from 1; 0 where there is none.
    public let line: Int
    /// The column in octets, from 1, where known.
    public let column: Int?
    /// What was expected, in a sentence without a full stop.
    public let reason: String

    @inline(never)
    init(_ code: Code, at place: RecordPlace? = nil, column: Int? = nil, _ reason: String) {
        self.code = code
        file = place?.file ?? ""
        line = place?.line ?? 0
        self.column = column
        self.reason = reason
    }

    init(_ error: LDIFError) {
        self.init(
            .ldif(error.code), at: RecordPlace(file: error.file, line: error.line), column: error.column, error.reason)
    }

    /// `people.ldif:12: expected …`, the form editors jump to.
    public var description: String {
        var place = file
        if line > 0 { place += ":\(line)" }
        if let column { place += ":\(column)" }
        return place.isEmpty ? reason : place + ": " + reason
    }

    /// Equality is on the code only.
    public static func == (left: ProvisioningError, right: ProvisioningError) -> Bool {
        left.code == right.code
    }
}

/// A line of a file, for messages.
public struct RecordPlace: Sendable, Equatable, CustomStringConvertible {
    /// The file's name as given.
    public let file: String
    /// The line, from 1.
    public let line: Int

    /// A place.
    public init(file: String, line: Int) {
        self.file = file
        self.line = line
    }

    /// `people.ldif:12`.
    public var description: String { "\(file):\(line)" }
}

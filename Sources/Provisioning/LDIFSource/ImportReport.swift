/// What an import found worth telling, each kind once, with how often and where first.
public struct ImportWarning: Sendable, Equatable, CustomStringConvertible {
    /// The kinds of warning; `rawValue` is the sentence's beginning.
    public enum Kind: Int, Sendable, CaseIterable {
        /// Attribute types that the schema does not know, taken as directory strings or octet strings.
        case unknownAttributeTypes
        /// Object classes that the schema does not know.
        case unknownObjectClasses
        /// Entries without a structural object class.
        case noStructuralClass
        /// Entries without an attribute that a class of theirs requires (MUST).
        case missingAttribute
        /// Entries with an attribute that no class of theirs allows (MAY).
        case attributeNotAllowed
        /// A value given twice in one attribute; the second was dropped.
        case duplicateValue
        /// Passwords in a scheme that cannot be verified.
        case unverifiablePassword
        /// Parents that no file gives; glue entries were made.
        case missingParent
    }

    /// What it is about.
    public let kind: Kind
    /// How many entries, or values, are concerned.
    public internal(set) var count: Int
    /// The names concerned, sorted: attributes, classes, schemes or parents. At most `maximumNames`.
    public internal(set) var names: [String]
    /// Where it was found first.
    public let first: RecordPlace?

    /// Names that one warning lists.
    public static let maximumNames = 100

    /// One line for people.
    public var description: String {
        var text = sentence
        if !names.isEmpty { text += ": " + names.joined(separator: ", ") }
        if let first { text += " (first at \(first))" }
        return text
    }

    private var sentence: String {
        let entries = count == 1 ? "1 entry" : "\(count) entries"
        let values = count == 1 ? "1 value" : "\(count) values"
        return switch kind {
        case .unknownAttributeTypes: "attributes unknown to the schema were taken as they are, in \(values)"
        case .unknownObjectClasses: "object classes unknown to the schema were taken as they are, in \(values)"
        case .noStructuralClass: "\(entries) without a structural object class"
        case .missingAttribute: "\(entries) without a required attribute"
        case .attributeNotAllowed: "\(entries) with an attribute that no object class of the entry allows"
        case .duplicateValue: "\(values) given twice in one attribute, kept once"
        case .unverifiablePassword:
            "\(values) of userPassword in a scheme that cannot be verified, so that nobody can bind with it"
        case .missingParent: "\(entries) made for parents that no file gives"
        }
    }
}

/// Gathers warnings while an import runs, or turns the first into an error when strict.
struct ImportWarnings: Sendable {
    let isStrict: Bool
    /// Whether values given twice are an error, as in a server's add and modify operations.
    let refusesDuplicates: Bool
    private var found: [ImportWarning.Kind: ImportWarning] = [:]
    /// In the order in which they were found.
    private var names: [ImportWarning.Kind: [String]] = [:]

    init(isStrict: Bool, refusesDuplicates: Bool = false) {
        self.isStrict = isStrict
        self.refusesDuplicates = refusesDuplicates || isStrict
    }

    /// Notes one finding. Kinds that `--strict` refuses become errors.
    mutating func note(
        _ kind: ImportWarning.Kind, name: String? = nil, count: Int = 1, at place: RecordPlace,
        _ expected: @autoclosure () -> String
    ) throws(ProvisioningError) {
        if isStrict || kind == .duplicateValue && refusesDuplicates, let code = kind.strictCode {
            throw ProvisioningError(code, at: place, expected())
        }
        found[kind, default: ImportWarning(kind: kind, count: 0, names: [], first: place)].count += count
        if let name { list(name, kind) }
    }

    private mutating func list(_ name: String, _ kind: ImportWarning.Kind) {
        guard names[kind, default: []].count < ImportWarning.maximumNames,
            !names[kind, default: []].contains(name)
        else { return }
        names[kind, default: []].append(name)
    }

    /// As these, with nothing found.
    var blank: ImportWarnings {
        var blank = self
        blank.found = [:]
        blank.names = [:]
        return blank
    }

    /// Adds what was found in the entries that follow.
    mutating func add(_ next: ImportWarnings) {
        for (kind, warning) in next.found {
            found[kind, default: ImportWarning(kind: kind, count: 0, names: [], first: warning.first)].count +=
                warning.count
            for name in next.names[kind, default: []] { list(name, kind) }
        }
    }

    /// All warnings, in the order of their kinds.
    var all: [ImportWarning] {
        ImportWarning.Kind.allCases.compactMap { kind in
            guard var warning = found[kind] else { return nil }
            warning.names = names[kind, default: []].sorted()
            return warning
        }
    }
}

extension ImportWarning.Kind {
    /// The error that a strict import makes of it; nil where it stays a warning.
    var strictCode: ProvisioningError.Code? {
        switch self {
        case .unknownAttributeTypes, .unknownObjectClasses: .unknownName
        case .noStructuralClass, .missingAttribute, .attributeNotAllowed: .schemaViolation
        case .duplicateValue: .duplicateValue
        case .unverifiablePassword, .missingParent: nil
        }
    }
}

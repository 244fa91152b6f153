/// Why a person's record cannot be served. It names attributes and never holds a value.
struct PersonRefusal: Error, Equatable {
    /// What kind of reason it is.
    enum Code: Equatable {
        /// A value, name or set of values that no entry can have.
        case record
        /// The schema does not know a name: it may be extended.
        case unknownName
        /// The subject is not one that this provider may speak for.
        case scope
        /// Another entry has the name.
        case nameTaken
    }

    let code: Code
    /// A sentence without a full stop.
    let reason: String

    init(_ code: Code, _ reason: String) {
        self.code = code
        self.reason = reason
    }

    init(_ error: ProvisioningError) { self.init(.record, error.reason) }

    static func nameTaken(_ attribute: String) -> PersonRefusal {
        PersonRefusal(.nameTaken, "expected a \(attribute) that names nobody else: another entry has this name")
    }
}

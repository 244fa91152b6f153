/// What a filter, or a part of one, is for an entry (RFC 4511 section 4.5.1.7).
enum Truth: UInt8, Sendable {
    case isFalse
    case isTrue
    case undefined

    init(_ value: Bool) { self = value ? .isTrue : .isFalse }

    /// NOT leaves Undefined as it is.
    var negated: Truth {
        switch self {
        case .isFalse: .isTrue
        case .isTrue: .isFalse
        case .undefined: .undefined
        }
    }
}

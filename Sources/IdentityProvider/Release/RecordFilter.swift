import CommonInterface
import LDAP
public import Schema

/// An LDAP filter (RFC 4515) over one record, evaluated without an index and by the schema's rules, in three-valued logic
/// (RFC 4511 section 4.5.1.7). Who does not match, or cannot be told, is not in the population.
public struct RecordFilter: Sendable {
    indirect enum Node: Sendable {
        case all([Node])
        case any([Node])
        case not(Node)
        case value(FilterItem)
        case undefined
    }

    private let root: Node

    /// Compiles a filter. An attribute that the schema does not know is one of case-ignoring strings.
    ///
    /// - Throws: what is wrong with it, and where.
    public init(_ text: String, schema: Schema) throws(ReleaseError) {
        let filter: Filter
        do { filter = try Filter(parsing: text) } catch { throw ReleaseError("\(text): \(error)") }
        root = try Self.compile(filter, text, schema)
    }

    /// Whether a record matches.
    public func matches(_ record: IdentityRecord) -> Bool { Self.evaluate(root, record) == true }

    private static func compile(_ filter: Filter, _ text: String, _ schema: Schema) throws(ReleaseError) -> Node {
        switch filter {
        case .and(let parts):
            return .all(try parts.map { (part) throws(ReleaseError) in try compile(part, text, schema) })
        case .or(let parts):
            return .any(try parts.map { (part) throws(ReleaseError) in try compile(part, text, schema) })
        case .not(let part): return .not(try compile(part, text, schema))
        case .present(let name): return node(FilterItem(name, schema, .present))
        case .equality(let name, let value), .approximate(let name, let value):
            return node(FilterItem(name, schema, .equal(value)))
        case .greaterOrEqual(let name, let value): return node(FilterItem(name, schema, .notLess(value)))
        case .lessOrEqual(let name, let value): return node(FilterItem(name, schema, .notGreater(value)))
        case .substrings(let name, let parts): return node(FilterItem(name, schema, .parts(parts)))
        case .extensible(let assertion):
            guard let name = assertion.attribute, !assertion.dnAttributes else {
                throw ReleaseError("\(text): a population has no filter item without an attribute, nor with ':dn'")
            }
            return node(FilterItem(name, schema, .rule(assertion.rule, assertion.value)))
        }
    }

    private static func node(_ item: FilterItem?) -> Node { item.map { .value($0) } ?? .undefined }

    private static func evaluate(_ node: Node, _ record: IdentityRecord) -> Bool? {
        switch node {
        case .undefined: return nil
        case .value(let item): return item.holds(record)
        case .not(let part): return evaluate(part, record).map { !$0 }
        case .all(let parts):
            var isUndefined = false
            for part in parts {
                guard let value = evaluate(part, record) else {
                    isUndefined = true
                    continue
                }
                if !value { return false }
            }
            return isUndefined ? nil : true
        case .any(let parts):
            var isUndefined = false
            for part in parts {
                guard let value = evaluate(part, record) else {
                    isUndefined = true
                    continue
                }
                if value { return true }
            }
            return isUndefined ? nil : false
        }
    }
}

/// Why a release policy was refused, in one sentence.
public struct ReleaseError: Error, Sendable, CustomStringConvertible {
    /// The sentence, without a final stop.
    public let description: String

    init(_ description: String) { self.description = description }
}

import AttributeIndex
import Schema

/// A segment, and the directory it is part of.
struct SegmentContext: Sendable {
    let view: DirectoryView
    let segment: Segment
    let notes: SegmentNotes
    /// Its place in the generation; `virtual` for the segments of the root DSE and the subschema subentry.
    let index: Int

    static let virtual = -1

    var isVirtual: Bool { index == SegmentContext.virtual }

    /// The attributes that `rule` can be used with in an extensible match that names none.
    func isFitting(_ attribute: Int, _ rule: MatchingRule) -> Bool {
        let found = segment.attributes[attribute]
        guard !notes.concealed.contains(attribute) else { return false }
        return rule.applies(to: segment.schema.attributeType(found.description.type))
    }

    /// Whether an attribute's dictionary has the keys that `rule` makes.
    func sharesKeys(_ attribute: Int, _ rule: MatchingRule) -> Bool {
        let type = segment.schema.attributeType(segment.attributes[attribute].description.type)
        return (type.equality ?? type.ordering)?.sharesKeys(with: rule) ?? false
    }

    /// Whether an attribute has the options that an item asks for.
    func hasOptions(_ attribute: Int, _ item: PlanItem) -> Bool {
        segment.attributes[attribute].description.hasOptions(item.options)
    }
}

extension AttributeDescription {
    /// Whether all of `wanted` are among the options; one that ends in a hyphen is a range of language tags (RFC 3866
    /// section 2.2).
    func hasOptions(_ wanted: [String]) -> Bool {
        wanted.allSatisfy { option in
            guard option.hasSuffix("-") else { return options.contains(option) }
            return options.contains { $0.hasPrefix(option) || $0 + "-" == option }
        }
    }
}

extension Segment {
    /// Whether an entry may have an object class or one of its subclasses. Where the dictionary cannot be read, it may.
    func mayHave(_ objectClass: String, _ environment: PlanEnvironment) -> Bool {
        guard let found = environment.schema.objectClass(objectClass), let type = environment.types.objectClass else {
            return false
        }
        let attributes = attributes(ofType: type)
        for index in attributes.indices {
            for key in environment.classKeys[found.index] {
                do {
                    if try valueID(Int(attributes[index]), equalTo: key.span) != nil { return true }
                } catch {
                    return true
                }
            }
        }
        return false
    }
}

/// What searches want to know of a segment's attributes, found out once.
final class SegmentNotes: Sendable {
    /// By attribute, whether it is one of the user attributes, which `*` asks for.
    let isUser: [Bool]
    /// By attribute, whether it is one of the operational attributes, which `+` asks for.
    let isOperational: [Bool]
    /// Attributes that are never returned: those for binding, and stored values of what is computed.
    let concealed: [Int]
    /// Whether a concealed attribute stands among the user attributes of the records.
    let concealsUserAttributes: Bool
    /// Attributes that name a group's members.
    let memberAttributes: [Int]
    /// Whether there may be aliases, referrals or subentries.
    let hasSpecialEntries: Bool

    init(_ segment: Segment, _ environment: PlanEnvironment) {
        let types = environment.types
        hasSpecialEntries = ["alias", "referral", "subentry"].contains { segment.mayHave($0, environment) }
        let attributes = segment.attributes
        concealed = attributes.indices.filter {
            attributes[$0].isHidden || types.computed(attributes[$0].description.type) != nil
        }
        let concealed = Set(concealed)
        isUser = attributes.indices.map { !attributes[$0].isOperational && !concealed.contains($0) }
        isOperational = attributes.indices.map { attributes[$0].isOperational && !concealed.contains($0) }
        concealsUserAttributes = concealed.contains { !attributes[$0].isOperational && !attributes[$0].isHidden }
        memberAttributes = types.members.flatMap { type in
            let found = segment.attributes(ofType: type)
            return found.indices.map { Int(found[$0]) }.filter { attributes[$0].hasDictionary }
        }
    }
}

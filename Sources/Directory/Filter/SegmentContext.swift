import AttributeIndex
import Schema

/// What searches want to know of a segment beside itself. Made once for each.
final class SegmentNotes: Sendable {
    /// The generation it is part of.
    let served: ServedGeneration
    /// Its place in the generation; `virtual` for the segments of the root DSE and the subschema subentry.
    let index: Int
    /// Whether newer segments have replaced or deleted some of the entries.
    let hasDead: Bool
    /// By attribute, whether it is one of the user attributes, which `*` asks for.
    let isUser: [Bool]
    /// By attribute, whether it is one of the operational attributes, which `+` asks for.
    let isOperational: [Bool]
    /// Attributes that are never returned: those for binding, and stored values of what is computed.
    let concealed: [Int]
    /// Whether a concealed attribute stands among the user attributes of the records.
    let concealsUserAttributes: Bool
    /// Whether there may be aliases, referrals or subentries.
    let hasSpecialEntries: Bool
    /// By attribute, whether it is for nobody; empty where none is.
    let closed: [Bool]
    /// The entries that each region of the access rules is about, as the policy's `regions`.
    let regions: [SegmentRegion]

    static let virtual = -1

    init(_ served: ServedGeneration, _ segment: Segment, index: Int) throws(SegmentError) {
        self.served = served
        self.index = index
        var regions: [SegmentRegion] = []
        if index != SegmentNotes.virtual {
            for region in served.environment.policy?.regions ?? [] {
                regions.append(try SegmentRegion(region, segment))
            }
        }
        self.regions = regions
        hasDead = index != SegmentNotes.virtual && served.generation.hasDead(segment: index)
        let environment = served.environment
        hasSpecialEntries = ["alias", "referral", "subentry"].contains { segment.mayHave($0, environment) }
        let attributes = segment.attributes
        let closed = attributes.indices.map { environment.types.isHidden(attributes[$0].description.type) }
        self.closed = closed.contains(true) ? closed : []
        let concealed = Set(
            attributes.indices.filter {
                attributes[$0].isHidden || closed[$0]
                    || environment.types.computed(attributes[$0].description.type) != nil
            })
        self.concealed = concealed.sorted()
        isUser = attributes.indices.map { !attributes[$0].isOperational && !concealed.contains($0) }
        isOperational = attributes.indices.map { attributes[$0].isOperational && !concealed.contains($0) }
        concealsUserAttributes = concealed.contains { !attributes[$0].isOperational && !attributes[$0].isHidden }
    }
}

/// A segment and what searches want to know of it.
struct SegmentContext: Sendable {
    let segment: Segment
    let notes: SegmentNotes

    init(_ served: ServedGeneration, _ segment: Segment, index: Int) throws(SegmentError) {
        self.segment = segment
        notes = try SegmentNotes(served, segment, index: index)
    }

    static let virtual = SegmentNotes.virtual

    var served: ServedGeneration { notes.served }
    var index: Int { notes.index }
    var isVirtual: Bool { index == SegmentContext.virtual }

    /// The attributes that `rule` can be used with in an extensible match that names none.
    func isFitting(_ attribute: Int, _ rule: MatchingRule) -> Bool {
        let found = segment.attributes[attribute]
        guard !notes.concealed.contains(attribute) else { return false }
        return rule.applies(to: segment.schema.attributeType(found.description.type))
    }

    /// Whether an attribute is for nobody.
    func isClosed(_ attribute: Int) -> Bool { attribute < notes.closed.count && notes.closed[attribute] }

    /// Whether an attribute's dictionary has the keys that `rule` makes.
    func sharesKeys(_ attribute: Int, _ rule: MatchingRule) -> Bool {
        let type = segment.schema.attributeType(segment.attributes[attribute].description.type)
        return (type.equality ?? type.ordering)?.sharesKeys(with: rule) ?? false
    }

    /// Whether an attribute has the options that an item asks for.
    func hasOptions(_ attribute: Int, _ options: [String]) -> Bool {
        segment.attributes[attribute].description.hasOptions(options)
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

/// An object class (RFC 4512 section 2.4) with its superclasses resolved.
public final class ObjectClass: Sendable {
    /// The definition as it was written.
    public let definition: ObjectClassDefinition
    /// Its index in `Schema.objectClasses`.
    public let index: Int
    /// The direct superclasses.
    public let superiors: [ObjectClass]
    /// Attributes that entries must have, of this class alone.
    public let must: [AttributeTypeID]
    /// Attributes that entries may have, of this class alone.
    public let may: [AttributeTypeID]

    init(
        definition: ObjectClassDefinition, index: Int, superiors: [ObjectClass], must: [AttributeTypeID],
        may: [AttributeTypeID]
    ) {
        self.definition = definition
        self.index = index
        self.superiors = superiors
        self.must = must
        self.may = may
    }

    /// The numeric OID.
    public var oid: String { definition.oid }
    /// All short names; the first is the spelling that is returned.
    public var names: [String] { definition.names }
    /// The spelling that is returned.
    public var name: String { definition.names.first ?? definition.oid }
    /// Structural, auxiliary or abstract.
    public var kind: ObjectClassKind { definition.kind }

    /// This class and all its superclasses, itself first, each once.
    public var lineage: [ObjectClass] {
        var found = [self]
        var position = 0
        while position < found.count {
            for superior in found[position].superiors where !found.contains(where: { $0 === superior }) {
                found.append(superior)
            }
            position += 1
        }
        return found
    }

    /// Whether this is `other`, or a subclass of it at any depth.
    public func isSubclass(of other: ObjectClass) -> Bool {
        self === other || superiors.contains { $0.isSubclass(of: other) }
    }

    /// Attributes that entries must have, by this class and its superclasses.
    public var allMust: [AttributeTypeID] { lineage.flatMap(\.must) }

    /// Attributes that entries may have, by this class and its superclasses.
    public var allMay: [AttributeTypeID] { lineage.flatMap(\.may) }
}

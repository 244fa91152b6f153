import AttributeIndex
import LDAP
import ReusedMemory
import ReusedMemory
import Schema

/// Which attributes a search returns (RFC 4511 section 4.5.1.8): names, OIDs, supertypes, options, `*`, `+` (RFC 3673),
/// `1.1`, and `@class` (RFC 4529). Reused; names are looked up once, whatever their number.
struct AttributeSelection: ~Copyable {
    private(set) var allUser = false
    private(set) var allOperational = false
    /// Types asked for without options.
    private var types: [AttributeTypeID] = []
    /// Descriptions asked for with options.
    private var descriptions: [AttributeDescription] = []
    /// Computed attributes asked for, by name or by `+`.
    private(set) var computed: ComputedAttributes = []

    /// For each attribute of the segment that was prepared for, whether it is returned.
    private(set) var returned: [Bool] = []
    /// How many of them are: once an entry has given so many, the rest of it need not be read.
    private(set) var returnedCount = 0
    /// Whether the answer is all user attributes, and nothing else.
    private(set) var isAllUserOnly = false
    /// Whether the answer is the user attributes that are `returned`, and nothing else.
    private(set) var isPartOfUser = false
    private var preparedFor: ObjectIdentifier?
    /// The number of the mask that was prepared for; 0 for none.
    private var preparedMask: UInt64 = 0
    /// Whether no stored attribute can be wanted: `1.1`, or unknown names alone.
    private(set) var isEmpty = false

    /// The selection's elements as the request wrote them, and the number of the view that they were looked up in.
    private var requested = ReusedList<UInt8>(capacity: 64)
    private var requestedIn: UInt64 = 0

    /// Replaces the selection with that of a request; nothing is to do where it is that of the request before, as mostly.
    mutating func select(_ request: borrowing SearchRequestFields, pdu: Span<UInt8>, _ view: DirectoryView) {
        let octets = pdu.extracting(request.selection)
        if requestedIn == view.number, requested.span.isSame(as: octets) { return }
        requestedIn = view.number
        requested.replaceAll(with: octets)
        select(request.attributes.span, pdu: pdu, view.environment)
    }

    private mutating func select(_ names: Span<Range<Int>>, pdu: Span<UInt8>, _ environment: PlanEnvironment) {
        allUser = names.isEmpty
        allOperational = false
        types.clear()
        descriptions.clear()
        computed = []
        preparedFor = nil
        for index in names.indices { select(pdu.extracting(names[index]), environment) }
        if allOperational { computed = .all }
        isEmpty = !allUser && !allOperational && types.isEmpty && descriptions.isEmpty
    }

    private mutating func select(_ name: Span<UInt8>, _ environment: PlanEnvironment) {
        guard name.count > 0 else { return }
        switch name[0] {
        case UInt8(ascii: "*") where name.count == 1: allUser = true
        case UInt8(ascii: "+") where name.count == 1: allOperational = true
        case UInt8(ascii: "@"): select(objectClass: name.extracting(1...), environment)
        default:
            // Names that are unknown are ignored, "1.1" among them.
            guard let description = AttributeDescription(parsing: name, schema: environment.schema) else { return }
            select(description.type, environment)
            if description.options.isEmpty {
                types.append(description.type)
            } else {
                descriptions.append(description)
            }
        }
    }

    private mutating func select(objectClass name: Span<UInt8>, _ environment: PlanEnvironment) {
        guard let found = environment.schema.objectClass(name) else { return }
        // extensibleObject allows every attribute (RFC 4512 section 4.3).
        if found.oid == "1.3.6.1.4.1.1466.101.120.111" {
            allUser = true
            allOperational = true
        }
        for objectClass in found.lineage {
            for type in objectClass.must + objectClass.may {
                types.append(type)
                select(type, environment)
            }
        }
    }

    private mutating func select(_ type: AttributeTypeID, _ environment: PlanEnvironment) {
        guard let attribute = environment.types.computed(type) else { return }
        computed.insert(ComputedAttributes(attribute))
    }

    /// Finds out which attributes of a segment are returned. Cheap where it is the one prepared for before.
    mutating func prepare(_ context: borrowing SegmentContext) {
        let segment = context.segment
        guard preparedFor != ObjectIdentifier(segment) || preparedMask != 0 else { return }
        preparedFor = ObjectIdentifier(segment)
        preparedMask = 0
        isPartOfUser = false
        isAllUserOnly =
            allUser && !allOperational && types.isEmpty && descriptions.isEmpty && computed.isEmpty
            && !context.notes.concealsUserAttributes
        guard !isAllUserOnly else { return }
        returned.clear()
        switch (allUser, allOperational) {
        case (true, false): returned.append(contentsOf: context.notes.isUser)
        case (false, true): returned.append(contentsOf: context.notes.isOperational)
        case (let everything, _):
            returned.append(contentsOf: repeatElement(everything, count: segment.attributes.count))
        }
        for type in types {
            let attributes = segment.attributes(ofType: type)
            for index in attributes.indices { returned[Int(attributes[index])] = true }
        }
        for description in descriptions {
            let attributes = segment.attributes(ofType: description.type)
            for index in attributes.indices
            where segment.attributes[Int(attributes[index])].description.hasOptions(description.options) {
                returned[Int(attributes[index])] = true
            }
        }
        for attribute in context.notes.concealed { returned[attribute] = false }
        returnedCount = returned.count { $0 }
    }

    /// Leaves out what a requester may not read. Cheap where it is the segment and the mask prepared for before.
    mutating func restrict(to mask: AccessMask, _ context: borrowing SegmentContext) {
        let segment = context.segment
        if preparedMask == mask.number, preparedFor == ObjectIdentifier(segment) { return }
        prepare(context)
        preparedMask = mask.number
        if isAllUserOnly { returnEverything(context) }
        var removed = 0
        for index in returned.indices
        where returned[index] && !mask.grants(.read, on: segment.attributes[index].description.type) {
            returned[index] = false
            removed += 1
        }
        returnedCount -= removed
        guard removed > 0 else { return }
        isPartOfUser = isAllUserOnly
        isAllUserOnly = false
    }

    /// Fills `returned` where all user attributes are wanted, for answers that are not one copy.
    mutating func returnEverything(_ context: borrowing SegmentContext) {
        returned.clear()
        returned.append(contentsOf: context.notes.isUser)
        returnedCount = returned.count
    }
}

import ReusedMemory
import Schema

/// What the builder gathers about one attribute description.
struct AttributeColumn: Sendable {
    /// Where an attribute's slices go in a record, and in which order.
    enum Kind: Int, CaseIterable {
        case user
        case operational
        case hidden
    }

    /// Values whose key is remembered by their octets: most of what repeats at all repeats within so many.
    private static let memoLimit = 512
    /// Different slices that an operational attribute may have for them to be shared between entries.
    static let sharedLimit = 256
    /// userPassword (RFC 4519 section 2.41), authPassword (RFC 3112) and identitySource (see `EntrySource`).
    private static let hiddenTypes: Set<String> = ["2.5.4.35", "1.3.6.1.4.1.4203.1.3.4", EntrySource.oid]

    let name: String
    let traits: AttributeTraits
    /// The AttributeDescription with tag and length (RFC 4511 section 4.1.4).
    let nameElement: [UInt8]
    let description: AttributeDescription
    /// Where in the input it was first seen, as the builder's owner counts.
    let firstSeen: Int
    var keys: KeyInterner
    /// Whether an entry has more than one value.
    var hasSeveral = false
    /// The arrival number of the last entry that had it, plus one.
    var lastEntry = 0
    /// The flags that each value stands for, by key number: of objectClass only.
    var classFlags: [EntryFlags] = []
    /// Values of objectClass that the built-in schema does not know.
    var foreignClasses: [[UInt8]] = []
    /// Slices that entries have in common: of operational attributes only.
    private(set) var shared: KeyInterner?
    /// Whether it has more different slices than may be shared: then none is, in the end.
    private(set) var sharesNone = false
    private var memo: KeyInterner?
    private var memoIDs: [UInt32] = []

    init?(_ description: AttributeDescription, schema: Schema, seed: UInt64, firstSeen: Int) {
        guard description.type.index < schema.attributeTypes.count else { return nil }
        let type = schema.attributeType(description.type)
        name = description.name(in: schema)
        guard AttributeDescription(parsing: name, schema: schema) == description else { return nil }
        traits = AttributeTraits(type, isHidden: AttributeColumn.isHidden(type))
        nameElement = BERLength.element(Array(name.utf8))
        self.description = description
        self.firstSeen = firstSeen
        keys = KeyInterner(seed: seed, mayBeLossy: true)
        memo = traits.rule == nil ? nil : KeyInterner(seed: seed)
        shared = traits.kind == .operational ? KeyInterner(seed: seed) : nil
    }

    /// Passwords, their subtypes, and whose an entry is.
    static func isHidden(_ type: AttributeType) -> Bool {
        var current: AttributeType? = type
        while let type = current {
            if hiddenTypes.contains(type.oid) { return true }
            current = type.superior
        }
        return false
    }

    /// The number of a value's key plus one; 0 where its rule gives it none.
    mutating func number(
        of value: Span<UInt8>, _ schema: Schema, scratch: inout [UInt8]
    ) throws(SegmentError) -> UInt32 {
        if let known = memo?.find(value) {
            let number = memoIDs[Int(known)]
            if number > 0 { keys.countAgain(number - 1) }
            return number
        }
        var number: UInt32 = 0
        scratch.removeAll(keepingCapacity: true)
        if let rule = traits.rule, (try? rule.appendStoredKey(of: value, in: schema, to: &scratch)) != nil {
            number = try keys.intern(scratch.span) + 1
        }
        if let known = memo?.count {
            if known < AttributeColumn.memoLimit {
                _ = try memo?.intern(value)
                memoIDs.append(number)
            } else {
                // Values that hardly repeat: asking first would only cost time.
                memo = nil
            }
        }
        return number
    }

    /// The number of a slice that is shared with other entries; nil where the slice stays with its own.
    mutating func sharedNumber(of slice: Span<UInt8>) throws(SegmentError) -> Int? {
        guard let known = shared?.count, !sharesNone else { return nil }
        if let number = shared?.find(slice) { return Int(number) }
        guard known < AttributeColumn.sharedLimit else {
            sharesNone = true
            return nil
        }
        return try (shared?.intern(slice)).map(Int.init)
    }
}

/// Lengths in BER: definite, in as few octets as they need (RFC 4511 section 5.1).
enum BERLength {
    /// Octets of tag and length before `count` octets of contents.
    static func headerSize(_ count: Int) -> Int {
        count < 0x80 ? 2 : 2 + (64 - count.leadingZeroBitCount + 7) / 8
    }

    @inline(__always)
    static func append(tag: UInt8, count: Int, to octets: inout ReusedList<UInt8>) {
        octets.append(tag)
        if count < 0x80 {
            octets.append(UInt8(truncatingIfNeeded: count))
            return
        }
        let length = headerSize(count) - 2
        octets.append(0x80 | UInt8(truncatingIfNeeded: length))
        for place in stride(from: 8 * (length - 1), through: 0, by: -8) {
            octets.append(UInt8(truncatingIfNeeded: count >> place))
        }
    }

    /// An OCTET STRING.
    static func element(_ contents: [UInt8]) -> [UInt8] {
        var octets = ReusedList<UInt8>()
        append(tag: 0x04, count: contents.count, to: &octets)
        octets.append(copying: contents.span)
        return [UInt8](copying: octets.span)
    }
}

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
    /// Slices of one operational attribute that may be shared between entries.
    private static let sharedLimit = 256
    /// userPassword (RFC 4519 section 2.41) and authPassword (RFC 3112).
    private static let hiddenTypes: Set<String> = ["2.5.4.35", "1.3.6.1.4.1.4203.1.3.4"]

    let name: String
    let kind: Kind
    let isObjectClass: Bool
    let rule: MatchingRule?
    let hasTrigrams: Bool
    let isBinary: Bool
    /// The AttributeDescription with tag and length (RFC 4511 section 4.1.4).
    let nameElement: [UInt8]
    var keys: KeyColumn
    /// Whether an entry has more than one value.
    var hasSeveral = false
    /// The arrival number of the last entry that had it, plus one.
    var lastEntry = 0
    /// The flags that each value stands for, by key number: of objectClass only.
    var classFlags: [EntryFlags] = []
    private var memo: KeyInterner?
    private var memoIDs: [UInt32] = []
    private var shared: KeyInterner?
    private var sharedOffsets: [Int] = []

    init?(_ description: AttributeDescription, schema: Schema, seed: UInt64) {
        guard description.type.index < schema.attributeTypes.count else { return nil }
        let type = schema.attributeType(description.type)
        name = description.name(in: schema)
        guard AttributeDescription(parsing: name, schema: schema) == description else { return nil }
        isObjectClass = type.oid == "2.5.4.0"
        if AttributeColumn.isHidden(type) {
            kind = .hidden
        } else {
            kind = type.isOperational ? .operational : .user
        }
        rule = kind == .hidden ? nil : type.equality ?? type.ordering
        hasTrigrams = rule.map { type.substrings?.sharesKeys(with: $0) ?? false } ?? false
        isBinary = !type.syntax.isText
        nameElement = BERLength.element(Array(name.utf8))
        keys = KeyColumn(seed: seed)
        memo = rule == nil ? nil : KeyInterner(seed: seed)
        shared = kind == .operational ? KeyInterner(seed: seed) : nil
    }

    /// Passwords and their subtypes.
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
        of octets: [UInt8], _ schema: Schema, scratch: inout [UInt8]
    ) throws(SegmentError) -> UInt32 {
        let value = octets.span
        if let known = memo?.find(value) {
            let number = memoIDs[Int(known)]
            if number > 0 { keys.keys.countAgain(number - 1) }
            return number
        }
        var number: UInt32 = 0
        scratch.removeAll(keepingCapacity: true)
        if let rule, (try? rule.appendStoredKey(of: value, in: schema, to: &scratch)) != nil {
            number = try keys.keys.intern(scratch.span) + 1
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

    /// Where a slice, the octets from `start` on, lies in the shared slices, if it is one that entries have in common.
    mutating func sharedOffset(
        of slices: [UInt8], from start: Int, in heap: inout [UInt8]
    ) throws(SegmentError) -> Int? {
        guard let known = shared?.count else { return nil }
        let slice = slices.span.extracting(start...)
        if let number = shared?.find(slice) {
            return sharedOffsets[Int(number)]
        }
        guard known < AttributeColumn.sharedLimit else { return nil }
        _ = try shared?.intern(slice)
        sharedOffsets.append(heap.count)
        heap.append(copying: slice)
        return heap.count - slice.count
    }
}

/// Lengths in BER: definite, in as few octets as they need (RFC 4511 section 5.1).
enum BERLength {
    /// Octets of tag and length before `count` octets of contents.
    static func headerSize(_ count: Int) -> Int {
        count < 0x80 ? 2 : 2 + (64 - count.leadingZeroBitCount + 7) / 8
    }

    @inline(__always)
    static func append(tag: UInt8, count: Int, to octets: inout [UInt8]) {
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
        var octets: [UInt8] = []
        append(tag: 0x04, count: contents.count, to: &octets)
        octets.append(contentsOf: contents)
        return octets
    }
}

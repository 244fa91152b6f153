import Schema

/// The attribute descriptions met so far, by the octets they were written with: a file repeats the same few names.
struct AttributeNames {
    /// What is known of one spelling.
    struct Entry {
        let description: AttributeDescription
        let type: AttributeType
        /// Whether values are left out: they are computed, never stored.
        let isComputed: Bool
        /// The same for all spellings of one description.
        let number: Int
    }

    private let schema: Schema
    private var entries: [Entry] = []
    private var spellings: [(start: Int, length: Int)] = []
    private var octets: [UInt8] = []
    private var numbers: [AttributeDescription: Int] = [:]
    /// Open addressing: an index into `entries` plus one, 0 where empty. The count is a power of two.
    private var slots = [Int](repeating: 0, count: 256)

    /// Attributes that are computed from the directory when it is searched.
    static let computed = ["entryDN", "hasSubordinates", "numSubordinates", "subschemaSubentry", "memberOf"]
    private let computedTypes: [AttributeTypeID]

    init(schema: Schema) {
        self.schema = schema
        computedTypes = Self.computed.compactMap { schema.attributeType($0)?.id }
    }

    /// How many different descriptions there are; numbers are below it.
    var descriptionCount: Int { numbers.count }

    /// What a spelling stands for; nil if the schema does not know it.
    mutating func find(_ name: Span<UInt8>) -> Entry? {
        var slot = Self.hash(name) & (slots.count - 1)
        while slots[slot] != 0 {
            let index = slots[slot] - 1
            if isSpelling(index, name) { return entries[index] }
            slot = (slot + 1) & (slots.count - 1)
        }
        guard let description = AttributeDescription(parsing: name, schema: schema), !description.isRange else {
            return nil
        }
        return add(description, name)
    }

    private mutating func add(_ description: AttributeDescription, _ name: Span<UInt8>) -> Entry {
        let number = numbers[description, default: numbers.count]
        numbers[description] = number
        let entry = Entry(
            description: description, type: schema.attributeType(description.type),
            isComputed: computedTypes.contains(description.type), number: number)
        entries.append(entry)
        spellings.append((octets.count, name.count))
        for index in 0..<name.count { octets.append(name[index]) }
        if entries.count * 2 > slots.count {
            slots = [Int](repeating: 0, count: slots.count * 2)
            for index in entries.indices { place(index) }
        } else {
            place(entries.count - 1)
        }
        return entry
    }

    private mutating func place(_ index: Int) {
        let spelling = spellings[index]
        var slot =
            Self.hash(octets.span.extracting(spelling.start..<spelling.start + spelling.length)) & (slots.count - 1)
        while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
        slots[slot] = index + 1
    }

    private func isSpelling(_ index: Int, _ name: Span<UInt8>) -> Bool {
        let spelling = spellings[index]
        guard spelling.length == name.count else { return false }
        for offset in 0..<name.count where octets[spelling.start + offset] != name[offset] { return false }
        return true
    }

    /// FNV-1a.
    private static func hash(_ name: Span<UInt8>) -> Int {
        var hash: UInt32 = 0x811C_9DC5
        for index in 0..<name.count { hash = (hash ^ UInt32(name[index])) &* 0x0100_0193 }
        return Int(hash)
    }
}

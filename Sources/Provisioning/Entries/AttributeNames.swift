import AttributeIndex
import Schema

/// The attribute descriptions met so far, by the octets they were written with: a file repeats the same few names.
struct AttributeNames {
    /// What is known of one spelling.
    struct Entry {
        let type: AttributeType
        let hasOptions: Bool
        /// The same for all spellings of one description; -1 where values are left out: they are computed, never stored; -2 where
        /// nobody but a source may give them.
        let number: Int

        var isComputed: Bool { number == -1 }
        var isRefused: Bool { number == -2 }
    }

    private let schema: Schema
    private(set) var entries: [Entry] = []
    /// The descriptions by their numbers.
    private(set) var descriptions: [AttributeDescription] = []
    private var spellings: [(start: Int, length: Int)] = []
    private var octets: [UInt8] = []
    /// The numbers of descriptions with options, and of those without by type; -1 before one is seen.
    private var numbers: [AttributeDescription: Int] = [:]
    private var numberOfType: [Int] = []
    /// The entry found last, and for each, shifted by one, which was found after it the last time; -1 for none.
    private var last = -1
    private var followers = [-1]
    /// Open addressing: an index into `entries` plus one, 0 where empty. The count is a power of two.
    private var slots = [Int](repeating: 0, count: 256)

    /// Attributes that are computed from the directory when it is searched.
    static let computed = ["entryDN", "hasSubordinates", "numSubordinates", "subschemaSubentry", "memberOf"]
    private let computedTypes: [AttributeTypeID]
    private let sourceType: AttributeTypeID?

    init(schema: Schema) {
        self.schema = schema
        computedTypes = Self.computed.compactMap { schema.attributeType($0)?.id }
        sourceType = schema.attributeType(EntrySource.attribute)?.id
    }

    /// The place in `entries` of what a spelling stands for; nil if the schema does not know it.
    mutating func find(_ name: Span<UInt8>) -> Int? {
        // Most entries have their attributes in one order: what came after the last name the last time comes again.
        let guess = followers[last + 1]
        if guess >= 0, isSpelling(guess, name) {
            last = guess
            return guess
        }
        guard let found = lookUp(name) else { return nil }
        followers[last + 1] = found
        last = found
        return found
    }

    private mutating func lookUp(_ name: Span<UInt8>) -> Int? {
        var slot = Self.hash(name) & (slots.count - 1)
        while slots[slot] != 0 {
            let index = slots[slot] - 1
            if isSpelling(index, name) { return index }
            slot = (slot + 1) & (slots.count - 1)
        }
        guard let description = AttributeDescription(parsing: name, schema: schema), !description.isRange else {
            return nil
        }
        return add(description, name)
    }

    /// The number of a description, a new one if it had none.
    mutating func number(of description: AttributeDescription) -> Int {
        let type = description.type.index
        guard !description.options.isEmpty else {
            while numberOfType.count <= type { numberOfType.append(-1) }
            if numberOfType[type] < 0 {
                numberOfType[type] = descriptions.count
                descriptions.append(description)
            }
            return numberOfType[type]
        }
        if let known = numbers[description] { return known }
        numbers[description] = descriptions.count
        descriptions.append(description)
        return descriptions.count - 1
    }

    private mutating func add(_ description: AttributeDescription, _ name: Span<UInt8>) -> Int {
        let number =
            if computedTypes.contains(description.type) {
                -1
            } else if description.type == sourceType {
                -2
            } else {
                number(of: description)
            }
        entries.append(
            Entry(
                type: schema.attributeType(description.type), hasOptions: !description.options.isEmpty,
                number: number))
        followers.append(-1)
        spellings.append((octets.count, name.count))
        for index in 0..<name.count { octets.append(name[index]) }
        if entries.count * 2 > slots.count {
            slots = [Int](repeating: 0, count: slots.count * 2)
            for index in entries.indices { place(index) }
        } else {
            place(entries.count - 1)
        }
        return entries.count - 1
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

/// A table from names to small numbers that disregards ASCII case and is asked with octets.
///
/// Names lie behind one another in one array and slots hold indices, so that a look-up touches three flat arrays and
/// allocates nothing. Open addressing with linear probing; at most half of the slots are taken.
struct NameTable: Sendable {
    private struct Entry: Sendable {
        let offset: Int
        let length: Int
        let hash: UInt32
        var value: UInt32
    }

    private var octets: [UInt8] = []
    private var entries: [Entry] = []
    /// Index into `entries` plus one; zero is an empty slot. The count is a power of two.
    private var slots: [UInt32] = Array(repeating: 0, count: 16)

    var count: Int { entries.count }

    /// The number stored under `name`.
    func find(_ name: Span<UInt8>) -> UInt32? {
        let hash = Self.hash(name)
        var slot = Int(hash) & (slots.count - 1)
        while slots[slot] != 0 {
            let entry = entries[Int(slots[slot] - 1)]
            if entry.hash == hash, matches(entry, name) { return entry.value }
            slot = (slot + 1) & (slots.count - 1)
        }
        return nil
    }

    /// The number stored under `name`.
    func find(_ name: String) -> UInt32? {
        let octets = Array(name.utf8)
        return find(octets.span)
    }

    /// Stores `value` under `name`, replacing what was there.
    mutating func set(_ name: String, to value: UInt32) {
        let lowered = name.utf8.map(ASCII.lowercased)
        let hash = Self.hash(lowered.span)
        var slot = Int(hash) & (slots.count - 1)
        while slots[slot] != 0 {
            let index = Int(slots[slot] - 1)
            if entries[index].hash == hash, matches(entries[index], lowered.span) {
                entries[index].value = value
                return
            }
            slot = (slot + 1) & (slots.count - 1)
        }
        entries.append(Entry(offset: octets.count, length: lowered.count, hash: hash, value: value))
        octets.append(contentsOf: lowered)
        slots[slot] = UInt32(entries.count)
        if entries.count * 2 > slots.count { grow() }
    }

    private mutating func grow() {
        slots = Array(repeating: 0, count: slots.count * 2)
        for (index, entry) in entries.enumerated() {
            var slot = Int(entry.hash) & (slots.count - 1)
            while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
            slots[slot] = UInt32(index + 1)
        }
    }

    private func matches(_ entry: Entry, _ name: Span<UInt8>) -> Bool {
        guard entry.length == name.count else { return false }
        for index in 0..<entry.length where octets[entry.offset + index] != ASCII.lowercased(name[index]) {
            return false
        }
        return true
    }

    /// FNV-1a over the octets with bit 0x20 set: letters of both cases are one, and few other pairs of octets are.
    private static func hash(_ name: Span<UInt8>) -> UInt32 {
        var hash: UInt32 = 0x811C_9DC5
        for index in 0..<name.count { hash = (hash ^ UInt32(name[index] | 0x20)) &* 0x0100_0193 }
        return hash
    }
}

import Storage

/// All people as of one transaction, in the order of their subjects: an immutable file, mapped.
///
///     file    = *record offsets checksums footer
///     offsets = the place of each record, UInt64, and the end of the last
///     footer  = "peoplePF" version:UInt64 asOf:UInt64 count:UInt64 covered:UInt64 crc:UInt32     (all little-endian)
///
/// `checksums` has the CRC-32C of each 64 KiB of the `covered` octets before it; a block is checked when it is first touched.
/// The pages belong to the page cache, not to the process, so a million people take no private memory.
final class PeopleFile: Sendable {
    static let footerLength = 44
    static let magic = Array("peoplePF".utf8)
    static let version: UInt64 = 1

    /// The transaction up to which everything is in it.
    let asOf: UInt64
    /// How many people it has.
    let count: Int
    private let mapping: MappedFile
    private let offsets: Int

    /// Opens a file; what is not as it was written is `.damaged`.
    init(_ path: String, files: any FileSystem) throws(StorageError) {
        let whole = try files.map(path)
        let octets = whole.uncheckedBytes
        guard octets.count >= Self.footerLength else { throw Self.damaged(path, octets.count) }
        let start = octets.count - Self.footerLength
        let footer = octets.extracting(start..<octets.count)
        for (index, octet) in Self.magic.enumerated() where footer[index] != octet { throw Self.damaged(path, start) }
        let covered = Self.get(footer, 32)
        let count = Self.get(footer, 24)
        guard CRC32C.checksum(footer.extracting(0..<40)) == UInt32(truncatingIfNeeded: Self.get(footer, 36) >> 32),
            Self.get(footer, 8) == Self.version, covered <= UInt64(start), count < covered,
            covered >= 8 * (count + 1)
        else { throw Self.damaged(path, start) }
        mapping = try whole.withChecksums(octets.extracting(Int(covered)..<start), covering: Int(covered))
        asOf = Self.get(footer, 16)
        self.count = Int(count)
        offsets = Int(covered) - 8 * (Int(count) + 1)
    }

    /// The encoded record at a place, from 0 to `count`.
    @_lifetime(borrow self)
    func record(_ index: Int) throws(StorageError) -> Span<UInt8> {
        let range = try range(index)
        let mapping = mapping
        try mapping.verify(range, section: "records")
        // Safe: the mapping lives as long as this object.
        return unsafe _overrideLifetime(mapping.uncheckedBytes.extracting(range), borrowing: self)
    }

    private func range(_ index: Int) throws(StorageError) -> Range<Int> {
        let place = offsets + 8 * index..<offsets + 8 * (index + 2)
        let mapping = mapping
        try mapping.verify(place, section: "offsets")
        let ends = mapping.uncheckedBytes.extracting(place)
        let (start, end) = (Self.get(ends, 0), Self.get(ends, 8))
        guard start <= end, end <= UInt64(offsets) else { throw Self.damaged(mapping.path, offsets + 8 * index) }
        return Int(start)..<Int(end)
    }

    /// The place of a person, or the one before which it would stand.
    func find(_ subject: [UInt8]) throws(StorageError) -> (index: Int, isThere: Bool) {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            let order = try self.order(middle, subject)
            if order == 0 { return (middle, true) }
            if order < 0 { low = middle + 1 } else { high = middle }
        }
        return (low, false)
    }

    /// The subject of the person at a place.
    func subject(_ index: Int) throws(StorageError) -> [UInt8] {
        var reader = OctetReader(try record(index))
        guard let subject = reader.text() else { throw Self.damaged(mapping.path, index) }
        return subject
    }

    /// Negative where the person at a place stands before `subject`, zero where it is that.
    private func order(_ index: Int, _ subject: [UInt8]) throws(StorageError) -> Int {
        let record = try record(index)
        var reader = OctetReader(record)
        guard let range = reader.range() else { throw Self.damaged(mapping.path, index) }
        return SubjectOrder.compare(record.extracting(range), subject.span)
    }

    private static func damaged(_ path: String, _ offset: Int) -> StorageError {
        .damaged(
            path, at: offset, section: "people",
            "it is not as it was written; start peoplefeed on a copy of the "
                + "data directory from a backup, or on an empty one, after which every service provider needs a snapshot"
        )
    }

    static func get(_ octets: Span<UInt8>, _ offset: Int) -> UInt64 {
        var value: UInt64 = 0
        for index in 0..<8 { value |= UInt64(octets[offset + index]) << UInt64(8 * index) }
        return value
    }
}

/// The order of subjects: that of their octets.
enum SubjectOrder {
    static func compare(_ left: Span<UInt8>, _ right: Span<UInt8>) -> Int {
        let count = min(left.count, right.count)
        for index in 0..<count where left[index] != right[index] { return Int(left[index]) - Int(right[index]) }
        return left.count - right.count
    }
}

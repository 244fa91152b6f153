import Storage

/// What of the journal counts: its segments, and how far each is committed. Replaced in one step by every commit.
///
///     peoplefeed journal 1
///     pruned 17
///     number 6
///     segment NUMBER LAST TIME LENGTH CHAIN
///     crc32c 0123abcd
struct JournalManifest: Equatable, Sendable {
    struct Segment: Equatable, Sendable {
        let number: UInt32
        /// The last transaction in it; where it has none, the last one before it.
        var last: UInt64
        /// When that was, in seconds since 1970.
        var time: Int64
        var length: Int
        var chain: UInt32

        var position: JournalPosition { JournalPosition(length: length, chain: chain) }
    }

    static let title = "peoplefeed journal 1"

    /// The last transaction that was pruned.
    var pruned: UInt64 = 0
    /// The number of the next segment.
    var nextNumber: UInt32 = 1
    /// The oldest first.
    var segments: [Segment] = []

    var last: UInt64 { segments.last?.last ?? pruned }

    init() {}

    /// Reads a manifest; nil where it is not as it was written.
    init?(_ octets: [UInt8]) {
        guard let lines = ChecksummedText.lines(of: octets, title: Self.title), lines.count >= 2,
            let pruned = Self.number(lines[0], "pruned"), let next = Self.number(lines[1], "number")
        else { return nil }
        self.pruned = pruned
        nextNumber = UInt32(clamping: next)
        for line in lines.dropFirst(2) {
            guard let segment = Self.segment(line), segment.last >= last, segment.number < nextNumber else {
                return nil
            }
            segments.append(segment)
        }
    }

    var octets: [UInt8] {
        ChecksummedText.make(
            Self.title,
            ["pruned \(pruned)", "number \(nextNumber)"]
                + segments.map { "segment \($0.number) \($0.last) \($0.time) \($0.length) \($0.chain)" })
    }

    private static func number(_ line: Substring, _ name: String) -> UInt64? {
        let fields = line.split(separator: " ")
        return fields.count == 2 && fields[0] == name ? UInt64(fields[1]) : nil
    }

    private static func segment(_ line: Substring) -> Segment? {
        let fields = line.split(separator: " ")
        guard fields.count == 6, fields[0] == "segment", let number = UInt32(fields[1]), let last = UInt64(fields[2]),
            let time = Int64(fields[3]), let length = Int(fields[4]), let chain = UInt32(fields[5]), length >= 0
        else { return nil }
        return Segment(number: number, last: last, time: time, length: length, chain: chain)
    }
}

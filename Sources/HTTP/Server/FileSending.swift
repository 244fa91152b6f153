/// What is left to send of a file.
struct FileSending {
    /// What is read, and sent, in one turn.
    static let stepSize = 64 * 1024

    private let file: ServedFile
    private let start: UInt64
    private var offset: UInt64
    private let end: UInt64

    init(_ file: ServedFile, _ range: Range<UInt64>) {
        self.file = file
        start = range.lowerBound
        offset = range.lowerBound
        end = range.upperBound
    }

    /// Octets that are left.
    var left: UInt64 { end - offset }

    /// Octets that are on their way.
    var sent: UInt64 { offset - start }

    /// The next octets; nil where the file has no more, though it should.
    mutating func next() -> [UInt8]? {
        let octets = file.read(at: offset, upTo: Int(min(UInt64(Self.stepSize), left)))
        guard !octets.isEmpty else { return nil }
        offset += UInt64(octets.count)
        return octets
    }
}

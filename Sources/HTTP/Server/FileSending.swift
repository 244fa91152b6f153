/// What is left to send of a file.
struct FileSending {
    /// What is read, and sent, in one turn.
    static let stepSize = 64 * 1024

    private let file: ServedFile
    private let start: UInt64
    private var offset: UInt64
    private let end: UInt64
    private let whenOver: (@Sendable (UInt64) -> Void)?

    init(_ file: ServedFile, _ range: Range<UInt64>, whenOver: (@Sendable (UInt64) -> Void)? = nil) {
        self.file = file
        self.whenOver = whenOver
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

    /// Tells whoever wants to know how much the client took; `unsent` octets of what was read still waited for it.
    func end(unsent: Int) { whenOver?(sent - min(sent, UInt64(max(0, unsent)))) }
}

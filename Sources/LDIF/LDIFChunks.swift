/// Some whole records of an LDIF file, to be read by an `LDIFReader` of its own.
public struct LDIFChunk: Sendable {
    /// The file's name, for errors.
    public let file: String
    /// Which of the file's chunks it is, from 0.
    public let number: Int
    /// Octets of the file up to its end.
    public let bytesRead: Int
    var octets: [UInt8]
    let count: Int
    /// The number of its first line, from 1.
    public let firstLine: Int
    /// Whether it ends within a record, which is longer than any may be.
    let isCut: Bool

    /// What it holds.
    public var content: ArraySlice<UInt8> { octets[..<count] }
}

extension LDIFChunk {
    /// Whole records that came from elsewhere: `firstLine` is the number of their first line in the file that they are of.
    public init(_ content: [UInt8], of file: String, firstLine: Int = 1) {
        self.init(
            file: file, number: firstLine > 1 ? 1 : 0, bytesRead: content.count, octets: content,
            count: content.count, firstLine: max(1, firstLine), isCut: false)
    }
}

/// Cuts an LDIF file into chunks of whole records, so that several threads can read it.
///
/// A blank line ends a record whatever stands around it, so that a chunk ends behind one; lines are counted, so that errors
/// name them.
public struct LDIFChunks {
    /// Octets of a chunk, unless one record is longer.
    public static let length = 1 << 20

    private let file: String
    private var input: any LDIFInput
    private let limits: LDIFLimits
    private let length: Int
    private let isStream: Bool
    /// What was read and belongs to the next chunk.
    private var rest: [UInt8] = []
    private var number = 0
    private var line = 1
    private var bytesRead = 0
    private var isOver = false

    /// Chunks of `input`, named `file` in errors; tests make them small on purpose.
    ///
    /// - Parameter isStream: whether a chunk comes as soon as there is a whole record, and holds what came with it: of a pipe,
    ///   whose writer may wait for what becomes of the record.
    public init(
        file: String, input: any LDIFInput, limits: LDIFLimits = LDIFLimits(), length: Int? = nil,
        isStream: Bool = false
    ) {
        self.isStream = isStream
        self.file = file
        self.input = input
        self.limits = limits
        self.length = max(1, length ?? Self.length)
    }

    /// The next chunk; nil at the end of the file.
    /// - Parameter memory: of a chunk that was read, to be used again.
    public mutating func next(reusing memory: consuming [UInt8] = []) throws(LDIFError) -> LDIFChunk? {
        guard !isOver else { return nil }
        var octets = memory
        if octets.count < length { octets = [UInt8](repeating: 0, count: length) }
        while octets.count < rest.count { octets.append(contentsOf: repeatElement(0, count: octets.count)) }
        octets.replaceSubrange(0..<rest.count, with: rest)
        var filled = rest.count
        while true {
            filled += try read(into: &octets, at: filled)
            let end = isOver ? filled : octets.span.extracting(0..<filled).endOfLastRecord
            if end > 0 {
                rest = Array(octets[end..<filled])
                return chunk(octets, end, isCut: false)
            }
            if isOver { return nil }
            guard filled < limits.recordLength else {
                isOver = true
                return chunk(octets, filled, isCut: true)
            }
            octets.append(contentsOf: repeatElement(0, count: octets.count))
        }
    }

    /// Reads until the array is full or the input has no more; of a stream, what there is.
    private mutating func read(into octets: inout [UInt8], at offset: Int) throws(LDIFError) -> Int {
        var filled = offset
        do {
            while filled < octets.count, !isOver {
                let count = try input.read(into: &octets, at: filled)
                filled += count
                isOver = count == 0
                if isStream { break }
            }
        } catch {
            throw LDIFError(.unreadable, file: file, line: 0, "cannot read: \(error.reason)")
        }
        return filled - offset
    }

    private mutating func chunk(_ octets: consuming [UInt8], _ count: Int, isCut: Bool) -> LDIFChunk {
        bytesRead += count
        let lines = octets.span.extracting(0..<count).lineFeedCount
        defer {
            number += 1
            line += lines
        }
        return LDIFChunk(
            file: file, number: number, bytesRead: bytesRead, octets: octets, count: count, firstLine: line,
            isCut: isCut)
    }
}

extension Span where Element == UInt8 {
    /// Where the last record that ends in the octets ends: behind its blank line; 0 where none does.
    fileprivate var endOfLastRecord: Int {
        var index = count - 1
        while index > 0 {
            if self[index] == Octet.lineFeed {
                let before = self[index - 1]
                if before == Octet.lineFeed { return index + 1 }
                if before == Octet.carriageReturn, index > 1, self[index - 2] == Octet.lineFeed { return index + 1 }
            }
            index -= 1
        }
        return 0
    }
}

extension LDIFReader {
    /// A reader of one chunk of a file.
    public init(_ chunk: consuming LDIFChunk, limits: LDIFLimits = LDIFLimits()) {
        file = chunk.file
        input = LDIFBytes([])
        self.limits = limits
        isContentOnly = false
        filled = chunk.count
        inputEnded = true
        inputIsCut = chunk.isCut
        linesRead = chunk.firstLine - 1
        isAtStart = chunk.number == 0
        buffer = chunk.octets
    }

    /// Ends the reading and gives the chunk's memory back.
    public consuming func takeMemory() -> [UInt8] { buffer }
}

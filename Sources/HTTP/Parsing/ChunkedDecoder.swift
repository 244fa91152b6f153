/// Takes content out of its chunks (RFC 9112 section 7.1). Extensions and trailers are checked, bounded and dropped.
struct ChunkedDecoder {
    private enum State {
        case size(LineReader)
        case content(UInt64)
        case contentEnd(LineReader)
        case trailers(LineReader)
        case complete
    }

    /// Sixteen digits would not fit a signed number anywhere.
    private static let longestSize = 15
    /// What a trailer must not bring (RFC 9110 section 6.5.1): the framing, the routing, and who is asking.
    private static let forbiddenTrailers = [
        "Transfer-Encoding", "Content-Length", "Host", "Trailer", "Connection", "Expect", "Authorization", "Cookie",
        "Range", "Content-Type", "Content-Encoding", "Content-Range",
    ]

    private let limits: MessageLimits
    private var state: State
    private var extensionSize = 0
    private var trailerSize = 0
    private var trailerCount = 0

    init(_ limits: MessageLimits) {
        self.limits = limits
        state = .size(Self.sizeLine(limits))
    }

    private static func sizeLine(_ limits: MessageLimits) -> LineReader {
        LineReader(limit: limits.chunkLineLength, tooLong: .malformed("the line before a chunk is too long"))
    }

    var isComplete: Bool {
        if case .complete = state { true } else { false }
    }

    /// Reads on from `index`, to the end of the octets or of a piece of content; see `BodyReader.next`. `room`: how much content
    /// there may still be.
    mutating func next(
        _ octets: Span<UInt8>, from index: inout Int, room: UInt64
    ) throws(HTTPMessageError) -> Range<Int> {
        while index < octets.count {
            switch state {
            case .size(var line):
                guard let whole = try line.next(octets, from: &index) else {
                    state = .size(line)
                    break
                }
                try begin(whole, room: room)
            case .content(let left):
                let start = index
                index += Int(min(left, UInt64(octets.count - start)))
                let rest = left - UInt64(index - start)
                let end = LineReader(limit: 0, tooLong: .malformed("a chunk is longer than it says"))
                state = rest > 0 ? .content(rest) : .contentEnd(end)
                return start..<index
            case .contentEnd(var line):
                let isWhole = try line.next(octets, from: &index) != nil
                state = isWhole ? .size(Self.sizeLine(limits)) : .contentEnd(line)
            case .trailers(var line):
                guard let whole = try line.next(octets, from: &index) else {
                    state = .trailers(line)
                    break
                }
                state = .trailers(line)
                try takeTrailer(whole)
            case .complete: return index..<index
            }
        }
        return index..<index
    }

    /// The line before a chunk: `chunk-size [ chunk-ext ]`.
    private mutating func begin(_ line: [UInt8], room: UInt64) throws(HTTPMessageError) {
        let digits = line.prefix { $0.hexadecimalValue != nil }
        guard !digits.isEmpty, digits.count <= Self.longestSize else { throw .malformed("a chunk's size is no number") }
        let size = digits.reduce(UInt64(0)) { $0 << 4 | UInt64($1.hexadecimalValue ?? 0) }
        extensionSize += line.count - digits.count
        guard extensionSize <= limits.chunkExtensionSize else {
            throw .malformed("the chunks have too many extensions")
        }
        var extensions = ChunkExtensions(line[digits.endIndex...])
        guard extensions.areWellFormed() else { throw .malformed("a chunk's extension is malformed") }
        guard size <= room else { throw .contentTooLarge }
        let trailer = LineReader(limit: limits.lineLength, tooLong: .tooManyFields)
        state = size > 0 ? .content(size) : .trailers(trailer)
    }

    private mutating func takeTrailer(_ line: [UInt8]) throws(HTTPMessageError) {
        guard !line.isEmpty else {
            state = .complete
            return
        }
        trailerSize += line.count + 2
        trailerCount += 1
        guard trailerSize <= limits.headSize, trailerCount <= limits.fieldCount else { throw .tooManyFields }
        let field = try HTTPFields.Field(parsing: line)
        guard !Self.forbiddenTrailers.contains(where: { $0.isEqualIgnoringCase(field.name) }) else {
            throw .malformed("a trailer has a field that belongs into the header")
        }
    }
}

/// `*( BWS ";" BWS name [ BWS "=" BWS ( token / quoted-string ) ] )` (RFC 9112 section 7.1.1).
private struct ChunkExtensions {
    private var rest: ArraySlice<UInt8>

    init(_ octets: ArraySlice<UInt8>) { rest = octets }

    mutating func areWellFormed() -> Bool {
        while !rest.isEmpty {
            guard take(";"), takeToken() else { return false }
            let before = rest
            guard take("=") else {
                rest = before
                continue
            }
            skipBlanks()
            guard rest.first == UInt8(ascii: "\"") ? takeQuotedString() : takeToken() else { return false }
        }
        return true
    }

    private mutating func skipBlanks() { rest = rest.drop(while: \.isBlank) }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        skipBlanks()
        guard rest.first == UInt8(ascii: character) else { return false }
        rest = rest.dropFirst()
        return true
    }

    private mutating func takeToken() -> Bool {
        skipBlanks()
        let name = rest.prefix(while: \.isTokenOctet)
        rest = rest.dropFirst(name.count)
        return !name.isEmpty
    }

    private mutating func takeQuotedString() -> Bool {
        rest = rest.dropFirst()
        while let octet = rest.popFirst() {
            if octet == UInt8(ascii: "\"") { return true }
            if octet == UInt8(ascii: "\\"), rest.popFirst()?.isFieldOctet != true { return false }
            if !octet.isFieldOctet { return false }
        }
        return false
    }
}

/// Finds a message's content in the octets that come, and its end.
struct BodyReader {
    private enum Rest {
        case octets(UInt64)
        case chunks(ChunkedDecoder)
        case untilClose
    }

    private var rest: Rest
    private let limit: UInt64
    /// Octets of content found so far.
    private(set) var count: UInt64 = 0

    /// - Parameter limit: octets of content above which it is refused, as soon as that can be known.
    init(_ framing: BodyFraming, limit: UInt64, _ limits: MessageLimits) throws(HTTPMessageError) {
        self.limit = limit
        switch framing {
        case .none: rest = .octets(0)
        case .length(let length):
            guard length <= limit else { throw .contentTooLarge }
            rest = .octets(length)
        case .chunked: rest = .chunks(ChunkedDecoder(limits))
        case .untilClose: rest = .untilClose
        }
    }

    /// Whether all of it was found.
    var isComplete: Bool {
        switch rest {
        case .octets(let count): count == 0
        case .chunks(let decoder): decoder.isComplete
        case .untilClose: false
        }
    }

    /// Whether the connection's end is its end, too.
    var endsWithConnection: Bool {
        if case .untilClose = rest { true } else { false }
    }

    /// Reads on from `index`, and leaves it behind what was read: at the end of the octets, of a piece of content, or of the
    /// content. Returns where the piece is; it may be empty.
    mutating func next(_ octets: Span<UInt8>, from index: inout Int) throws(HTTPMessageError) -> Range<Int> {
        let start = index
        let piece: Range<Int>
        switch rest {
        case .octets(let left):
            index += Int(min(left, UInt64(octets.count - start)))
            piece = start..<index
            rest = .octets(left - UInt64(piece.count))
        case .untilClose:
            index = octets.count
            piece = start..<index
        case .chunks(var decoder):
            piece = try decoder.next(octets, from: &index, room: limit - count)
            rest = .chunks(decoder)
        }
        guard UInt64(piece.count) <= limit - count else { throw .contentTooLarge }
        count += UInt64(piece.count)
        return piece
    }
}

/// Puts lines together from the octets that come, octet by octet if need be (RFC 9112 section 2.2). A line ends with CR LF and has
/// neither alone: who is lenient here reads other lines than the proxy in front of it.
struct LineReader {
    private let limit: Int
    private let tooLong: HTTPMessageError
    private var line: [UInt8] = []
    private var endsWithReturn = false

    init(limit: Int, tooLong: HTTPMessageError) {
        self.limit = limit
        self.tooLong = tooLong
    }

    /// Whether a line has begun.
    var hasBegun: Bool { endsWithReturn || !line.isEmpty }

    /// Reads on from `index`, and leaves it behind what was read; the line without its end, once it is whole.
    mutating func next(_ octets: Span<UInt8>, from index: inout Int) throws(HTTPMessageError) -> [UInt8]? {
        while index < octets.count {
            let octet = octets[index]
            index += 1
            if endsWithReturn {
                guard octet == .lineFeed else { throw .malformed("a carriage return does not end its line") }
                endsWithReturn = false
                var whole: [UInt8] = []
                swap(&whole, &line)
                return whole
            }
            switch octet {
            case .carriageReturn: endsWithReturn = true
            case .lineFeed: throw .malformed("a line ends without a carriage return")
            default:
                guard line.count < limit else { throw tooLong }
                line.append(octet)
            }
        }
        return nil
    }
}

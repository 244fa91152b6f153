/// The first line of a message.
protocol StartLine: Sendable {
    /// What a longer one than the limit is.
    static var tooLong: HTTPMessageError { get }

    init(parsing line: [UInt8]) throws(HTTPMessageError)
}

/// Puts a message's first line and fields together from the octets that come. Each line is judged when it is whole.
struct HeadReader<Start: StartLine> {
    private let limits: MessageLimits
    private var lines: LineReader
    private var size = 0
    private var emptyLines = 0
    private var start: Start?
    private var fields = HTTPFields()

    init(_ limits: MessageLimits) {
        self.limits = limits
        lines = LineReader(limit: limits.lineLength, tooLong: Start.tooLong)
    }

    /// Whether anything of it has come; an empty line before it is none of it.
    var hasBegun: Bool { start != nil || lines.hasBegun }

    /// Reads on from `index`, and leaves it behind what was read; first line and fields, once all are there.
    mutating func next(
        _ octets: Span<UInt8>, from index: inout Int
    ) throws(HTTPMessageError) -> (start: Start, fields: HTTPFields)? {
        while let line = try lines.next(octets, from: &index) {
            size += line.count + 2
            guard size <= limits.headSize else { throw .tooManyFields }
            guard let start else {
                try begin(line)
                continue
            }
            if line.isEmpty { return (start, fields) }
            guard fields.list.count < limits.fieldCount else { throw .tooManyFields }
            let field = try HTTPFields.Field(parsing: line)
            fields.append(field.name, field.value)
        }
        return nil
    }

    private mutating func begin(_ line: [UInt8]) throws(HTTPMessageError) {
        guard !line.isEmpty else {
            // RFC 9112 section 2.2: an old client's empty line behind its request. One.
            emptyLines += 1
            guard emptyLines == 1 else { throw .malformed("there are empty lines in place of a message") }
            return
        }
        start = try Start(parsing: line)
        lines = LineReader(limit: limits.lineLength, tooLong: .tooManyFields)
    }
}

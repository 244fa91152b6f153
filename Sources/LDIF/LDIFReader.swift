/// Reads LDIF (RFC 2849) of any size in constant memory, a record at a time.
///
/// ```
/// var reader = LDIFReader(file: path, input: try LDIFFile(path: path))
/// while try reader.next() {
///     use(reader.bytes(reader.dn))
///     for line in reader.lines { use(reader.bytes(line.name), reader.bytes(line.value)) }
/// }
/// ```
/// A record's octets stay in the read buffer: folded lines are joined and base64 is decoded in place, and a field
/// is a range into it, good until the next `next()`. Nothing is copied and no String is made.
///
///     buffer:  | consumed | record: dn, lines …            | not read yet | free |
///                         base                      position         filled
public struct LDIFReader: ~Copyable {
    /// What the current record is.
    public enum Kind: Sendable {
        /// An entry as it stands.
        case content
        /// A change record of `changetype: add`.
        case add
        /// A change record of `changetype: delete`.
        case delete
        /// A change record of `changetype: modify`.
        case modify
        /// A change record of `changetype: modrdn` or `moddn`.
        case rename
    }

    /// Octets read at once.
    static let chunkLength = 256 << 10

    /// The file's name, for errors.
    public let file: String
    let limits: LDIFLimits
    /// Whether `changetype:` and `control:` are attributes like others.
    let isContentOnly: Bool
    var input: any LDIFInput
    /// Octets taken from the input so far, for a progress bar.
    public internal(set) var bytesRead = 0

    // The buffer; `base` and `position` are indices into it, every other offset counts from `base`.
    @usableFromInline var buffer: [UInt8]
    @usableFromInline var base = 0
    var position = 0
    var filled = 0
    var inputEnded = false
    /// Whether the input ends within a record that is longer than any may be.
    var inputIsCut = false

    // The current unfolded line.
    var lineStart = 0
    var lineEnd = 0
    /// The number of the line's first physical line.
    var lineNumber = 0
    /// Physical lines read so far.
    var linesRead = 0
    /// All octets of the line ORed together, to know ASCII without looking again.
    var lineBits: UInt8 = 0
    var lineHasControl = false
    /// Where physical lines were joined, to name a mistake's line and column.
    var folds: [Int] = []

    // The current record.
    /// What the record is.
    public internal(set) var kind = Kind.content
    /// The entry's name, as given.
    public internal(set) var dn = 0..<0
    /// The line `dn:` stands on.
    public internal(set) var line = 0
    /// The attribute values of a content, add or modify record, in the order of the file.
    public internal(set) var lines: [LDIFLine] = []
    /// The modifications of a modify record.
    public internal(set) var modifications: [LDIFModificationFields] = []
    /// The control lines of a change record.
    public internal(set) var controls: [LDIFControl] = []
    /// The new RDN of a rename.
    public internal(set) var newRDN = 0..<0
    /// Whether a rename removes the old RDN's values.
    public internal(set) var deleteOldRDN = false
    /// The new parent's name of a rename that moves; an empty range is the empty name.
    public internal(set) var newSuperior: Range<Int>?
    var isAtStart = true
    /// A line that was read ahead and belongs to the record that comes.
    var recordBegun = false

    /// A reader of `input`, named `file` in errors.
    ///
    /// - Parameter isContentOnly: whether the file holds no change records, so that `changeType` is an attribute: that of
    ///   the entries of a changelog (draft-good-ldap-changelog).
    public init(
        file: String, input: any LDIFInput, limits: LDIFLimits = LDIFLimits(), isContentOnly: Bool = false
    ) {
        self.file = file
        self.input = input
        self.limits = limits
        self.isContentOnly = isContentOnly
        buffer = [UInt8](repeating: 0, count: Self.chunkLength)
    }

    /// The octets of a field of the current record.
    @inlinable
    @_lifetime(borrow self)
    public func bytes(_ range: Range<Int>) -> Span<UInt8> {
        buffer.span.extracting(base + range.lowerBound..<base + range.upperBound)
    }

    /// Reads the next record.
    /// - Returns: false at the end of the file.
    public mutating func next() throws(LDIFError) -> Bool {
        base = position
        lines.removeAll(keepingCapacity: true)
        guard try readFirstLine() else { return false }
        try readName()
        return try readBody()
    }

    /// Skips blank lines, comments and the version line.
    private mutating func readFirstLine() throws(LDIFError) -> Bool {
        while true {
            switch try readLine() {
            case .end: return false
            case .blank: base = position
            case .text:
                guard isAtStart else { return true }
                isAtStart = false
                guard isNamed("version") else { return true }
                let version = try parseLine()
                guard bytes(version.value).equals("1") else {
                    throw error(.version, "expected 'version: 1': no other LDIF version is defined")
                }
                base = position
            }
        }
    }

    private mutating func readName() throws(LDIFError) {
        guard isNamed("dn") else {
            if isNamed("version") {
                throw error(.version, "expected 'dn:'; a version line may only be the first line of a file")
            }
            if isNamed("search") || isNamed("result") || isNamed("ref") {
                throw error(
                    .recordStart, "expected 'dn:' at the beginning of a record; make the file with ldapsearch -LLL")
            }
            throw error(.recordStart, "expected 'dn:' at the beginning of a record")
        }
        let name = try parseLine()
        guard name.value.count <= limits.nameLength else {
            throw error(.limit, "expected a name of at most \(limits.nameLength) octets")
        }
        guard name.isText || bytes(name.value).isUTF8 else {
            throw error(.octets, "expected a name in UTF-8")
        }
        dn = name.value
        line = lineNumber
    }

    /// Reads what follows the name: the values of a content record, or a change.
    private mutating func readBody() throws(LDIFError) -> Bool {
        controls.removeAll(keepingCapacity: true)
        modifications.removeAll(keepingCapacity: true)
        newSuperior = nil
        kind = .content
        guard try readLine() == .text else {
            throw error(.line, at: line, "expected at least one attribute after 'dn:'")
        }
        guard !isContentOnly else {
            try readValues()
            return true
        }
        while isNamed("control") { try readControl() }
        if isNamed("changetype") {
            try readChange()
            return true
        }
        guard controls.isEmpty else { throw error(.change, "expected 'changetype:' after 'control:'") }
        try readValues()
        return true
    }

    /// Reads attribute values until the record ends; the first line is already there.
    mutating func readValues() throws(LDIFError) {
        repeat {
            if isNamed("dn") {
                throw error(.recordStart, "expected an attribute; a blank line is missing before this 'dn:'")
            }
            if isNamed("changetype"), !isContentOnly {
                throw error(.change, "expected an attribute; 'changetype:' has to follow 'dn:' directly")
            }
            try appendLine()
        } while try readLine() == .text
    }

    /// Parses the current line and keeps it.
    mutating func appendLine() throws(LDIFError) {
        guard lines.count < limits.linesInRecord else {
            throw error(.limit, "expected at most \(limits.linesInRecord) lines in a record")
        }
        lines.append(try parseLine())
    }

    /// An error at the beginning of the current line, or of line `number`.
    @inline(never)
    func error(_ code: LDIFError.Code, at number: Int? = nil, _ reason: String) -> LDIFError {
        LDIFError(code, file: file, line: number ?? lineNumber, reason)
    }

    /// An error at an offset into the current line; folded lines are counted.
    @inline(never)
    func error(_ code: LDIFError.Code, offset: Int, _ reason: String) -> LDIFError {
        let before = folds.prefix { $0 <= offset }
        // A continuation begins with the space that was dropped.
        let column = before.last.map { offset - $0 + 2 } ?? offset - lineStart + 1
        return LDIFError(code, file: file, line: lineNumber + before.count, column: column, reason)
    }
}

/// One `name: value` line of a record: ranges for `LDIFReader.bytes(_:)`.
public struct LDIFLine: Sendable {
    // 32 bits hold any offset: a record is at most `LDIFLimits.recordLength`.
    private let nameStart: Int32
    private let nameLength: Int32
    private let valueStart: Int32
    private let valueLength: Int32
    /// The line's number in the file.
    public let line: Int
    /// Whether the value is known to be UTF-8: it was not written in base64.
    public let isText: Bool

    init(name: Range<Int>, value: Range<Int>, line: Int, isText: Bool) {
        nameStart = Int32(clamping: name.lowerBound)
        nameLength = Int32(clamping: name.count)
        valueStart = Int32(clamping: value.lowerBound)
        valueLength = Int32(clamping: value.count)
        self.line = line
        self.isText = isText
    }

    /// Where the attribute description is.
    public var name: Range<Int> {
        Int(nameStart)..<Int(nameStart) + Int(nameLength)
    }

    /// Where the value is; empty for an empty value.
    public var value: Range<Int> {
        Int(valueStart)..<Int(valueStart) + Int(valueLength)
    }
}

/// One modification of a modify record, as ranges for `LDIFReader.bytes(_:)`.
public struct LDIFModificationFields: Sendable {
    /// What is done with the values.
    public let kind: LDIFModification.Kind
    /// Where the attribute description is.
    public let name: Range<Int>
    /// Its values: indices of `LDIFReader.lines`.
    public let values: Range<Int>
    /// The line of `add:`, `delete:` or `replace:`.
    public let line: Int
}

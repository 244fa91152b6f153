public import LDIF

/// A person of a snapshot.
public struct SnapshotRecord: Hashable, Sendable {
    /// The person.
    public var subject: SubjectName
    /// The released attributes that have values.
    public var attributes: [IdentityAttribute]

    /// A record.
    public init(subject: SubjectName, attributes: [IdentityAttribute]) {
        self.subject = subject
        self.attributes = attributes
    }
}

/// Writes snapshots: RFC 2849 content records. Take `output` and empty it as often as you like.
public struct SnapshotWriter {
    private var writer = LDIFWriter()

    /// What was written since it was last emptied.
    public var output: [UInt8] {
        get { writer.output }
        _modify { yield &writer.output }
    }

    /// A writer that has written the version line.
    public init() { writer.version() }

    /// Writes a person.
    ///
    /// One without attributes gets `objectClass: top`, which readers drop: RFC 2849 has no record without any.
    public mutating func write(_ record: SnapshotRecord) {
        let name = record.subject.octets
        writer.line("dn", name.span)
        var isEmpty = true
        for attribute in record.attributes {
            for value in attribute.values { writer.line(attribute.name, value.span) }
            isEmpty = isEmpty && attribute.values.isEmpty
        }
        let filler = AttributeCollector.fillerValue
        if isEmpty { writer.line(AttributeCollector.fillerName, filler.span) }
        writer.endRecord()
    }
}

/// Reads snapshots. Where a person stands twice, the later record counts: the caller's to see to.
public struct SnapshotReader: ~Copyable {
    private var reader: LDIFReader
    private let limits: RecordLimits

    /// A reader of `input`, named `file` in errors.
    public init(file: String, input: any LDIFInput, limits: RecordLimits = RecordLimits()) {
        reader = LDIFReader(file: file, input: input, limits: limits.ldif)
        self.limits = limits
    }

    /// A reader of one chunk of a snapshot, so that several threads can read it.
    public init(_ chunk: consuming LDIFChunk, limits: RecordLimits = RecordLimits()) {
        reader = LDIFReader(chunk, limits: limits.ldif)
        self.limits = limits
    }

    /// Ends the reading and gives the chunk's memory back.
    public consuming func takeMemory() -> [UInt8] { reader.takeMemory() }

    /// Goes on to the next person, whose attributes are given by `forEachValue` and `attributes`; nil at the end.
    public mutating func nextSubject() throws(RecordError) -> SubjectName? {
        let isThere: Bool
        do throws(LDIFError) { isThere = try reader.next() } catch { throw RecordError(error) }
        guard isThere else { return nil }
        guard case .content = reader.kind else {
            throw RecordError(
                .kind, file: reader.file, line: reader.line, "expected a person as it stands, not a change")
        }
        guard let subject = SubjectName(reader.copy(reader.dn)) else {
            throw RecordError(
                .subject, file: reader.file, line: reader.line, "expected dn: <attribute>=<value>,ou=People")
        }
        return subject
    }

    /// Gives each attribute description and value of the current person to `body`, in the order of the file.
    public func forEachValue<Failure: Error>(
        _ body: (Span<UInt8>, Span<UInt8>) throws(Failure) -> Void
    ) throws(Failure) {
        for line in reader.lines { try body(reader.bytes(line.name), reader.bytes(line.value)) }
    }

    /// The attributes of the current person, without what only fills a record.
    public var attributes: [IdentityAttribute] {
        get throws(RecordError) {
            var collector = AttributeCollector()
            for line in reader.lines {
                collector.add(String(decoding: reader.copy(line.name), as: UTF8.self), reader.copy(line.value))
            }
            guard collector.count <= limits.attributes else {
                throw RecordError(
                    .limit, file: reader.file, line: reader.line, "expected at most \(limits.attributes) attributes")
            }
            return collector.withoutFiller
        }
    }

    /// The next person; nil at the end.
    public mutating func next() throws(RecordError) -> SnapshotRecord? {
        guard let subject = try nextSubject() else { return nil }
        return SnapshotRecord(subject: subject, attributes: try attributes)
    }
}

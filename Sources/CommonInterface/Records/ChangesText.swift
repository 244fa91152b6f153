import LDIF

/// The value of `changes`: LDIF without its first lines (draft-good-ldap-changelog section 3).
enum ChangesText {
    /// The change record that `changes` is the rest of.
    static func record(
        _ changes: [UInt8], type: String, limits: RecordLimits, at file: String, _ line: Int
    ) throws(RecordError) -> LDIFRecord {
        var text = Array("dn:\nchangetype: \(type)\n".utf8)
        text += changes
        // 389 Directory Server counts the terminator of its string in.
        while text.last == 0 { text.removeLast() }
        let records: [LDIFRecord]
        do throws(LDIFError) {
            records = try LDIFRecord.records(in: text, file: "\(file):\(line): changes", limits: limits.ldif)
        } catch {
            throw RecordError(error)
        }
        guard let record = records.first, records.count == 1 else {
            throw RecordError(.type, file: file, line: line, "expected one change in changes: no blank line")
        }
        return record
    }

    /// What such a record says of a person.
    static func kind(
        of record: LDIFRecord, limits: RecordLimits, at file: String, _ line: Int
    ) throws(RecordError) -> IdentityChange.Kind {
        var collector = AttributeCollector()
        switch record.change {
        case .add(let values):
            for value in values { collector.add(String(decoding: value.name, as: UTF8.self), value.value) }
            try check(collector.count, limits, file, line)
            return .add(collector.withoutFiller)
        case .modify(let modifications):
            for modification in modifications {
                guard modification.kind == .replace else {
                    throw RecordError(
                        .type, file: file, line: line, "expected 'replace:' only: a modify holds the whole record")
                }
                let name = String(decoding: modification.name, as: UTF8.self)
                let before = collector.count
                collector.add(name, nil)
                guard collector.count > before else {
                    throw RecordError(.type, file: file, line: line, "expected each attribute replaced once")
                }
                for value in modification.values { collector.add(name, value.value) }
            }
            guard collector.count > 0 else {
                throw RecordError(.type, file: file, line: line, "expected at least one attribute that is replaced")
            }
            try check(collector.count, limits, file, line)
            return .modify(collector.attributes)
        case .content, .delete, .rename:
            throw RecordError(.type, file: file, line: line, "expected changes of the kind that changeType names")
        }
    }

    private static func check(
        _ count: Int, _ limits: RecordLimits, _ file: String, _ line: Int
    ) throws(RecordError) {
        guard count <= limits.attributes else {
            throw RecordError(.limit, file: file, line: line, "expected at most \(limits.attributes) attributes")
        }
    }
}

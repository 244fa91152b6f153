extension LDIFReader {
    /// The current record with its values copied out.
    public var record: LDIFRecord {
        let change: LDIFChange
        switch kind {
        case .content: change = .content(values(0..<lines.count))
        case .add: change = .add(values(0..<lines.count))
        case .delete: change = .delete
        case .modify:
            var copies: [LDIFModification] = []
            copies.reserveCapacity(modifications.count)
            for fields in modifications {
                copies.append(
                    LDIFModification(
                        kind: fields.kind, name: copy(fields.name), values: values(fields.values), line: fields.line))
            }
            change = .modify(copies)
        case .rename:
            change = .rename(
                newRDN: copy(newRDN), deleteOldRDN: deleteOldRDN,
                newSuperior: newSuperior == nil ? nil : copy(newSuperior ?? 0..<0))
        }
        return LDIFRecord(dn: copy(dn), line: line, controls: controls, change: change)
    }

    /// The octets of a field, copied.
    public func copy(_ range: Range<Int>) -> [UInt8] {
        Array(buffer[base + range.lowerBound..<base + range.upperBound])
    }

    private func values(_ range: Range<Int>) -> [LDIFValue] {
        var values: [LDIFValue] = []
        values.reserveCapacity(range.count)
        for line in lines[range] {
            values.append(LDIFValue(name: copy(line.name), value: copy(line.value), line: line.line))
        }
        return values
    }
}

extension LDIFRecord {
    /// All records of an LDIF text: for tests, small tools, and as the entry of a fuzzer.
    /// - Parameter chunk: octets handed to the reader at once, to try its buffer's edges.
    public static func records(
        in bytes: [UInt8], file: String = "LDIF", chunk: Int = .max, limits: LDIFLimits = LDIFLimits()
    ) throws(LDIFError) -> [LDIFRecord] {
        var records: [LDIFRecord] = []
        guard chunk < bytes.count || bytes.count > limits.recordLength else {
            // Nothing is copied: a changelog has such a text in each of its records.
            var reader = LDIFReader(
                LDIFChunk(
                    file: file, number: 0, bytesRead: bytes.count, octets: bytes, count: bytes.count, firstLine: 1,
                    isCut: false), limits: limits)
            while try reader.next() { records.append(reader.record) }
            return records
        }
        var reader = LDIFReader(file: file, input: LDIFBytes(bytes, chunk: chunk), limits: limits)
        while try reader.next() { records.append(reader.record) }
        return records
    }
}

import LDIF

/// Reads a file in large and in small pieces, which must agree; what is accepted reads back from what the writer writes.
func fuzzLDIF(_ input: [UInt8]) throws {
    let records = readRecords(input, chunk: .max)
    let again = readRecords(input, chunk: 1 + input.count % 7)
    try demand(records == again, "where the reads end changes nothing")
    guard let records else { return }
    var writer = LDIFWriter()
    writer.version()
    for record in records { writer.record(record) }
    try demand(readRecords(writer.output, chunk: .max) == records, "records read back from what is written")
}

/// All records; nil where the file is refused.
private func readRecords(_ input: [UInt8], chunk: Int) -> [LDIFRecord]? {
    var limits = LDIFLimits()
    limits.lineLength = 1 << 14
    limits.recordLength = 1 << 16
    limits.linesInRecord = 100
    var reader = LDIFReader(file: "fuzz.ldif", input: LDIFBytes(input, chunk: chunk), limits: limits)
    var records: [LDIFRecord] = []
    do {
        while try reader.next() { records.append(reader.record) }
        return records
    } catch {
        return nil
    }
}

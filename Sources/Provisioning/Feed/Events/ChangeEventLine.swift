import CommonInterface
import Foundation

/// A change event as a line of JSON, and what can be told of such a line without reading all of it.
///
/// A first snapshot makes as many lines as there are people, so they are put together by hand. The number, the time and the kind
/// come first, in this order: `{"number":12,"time":1795287540,"kind":"added",…}`.
enum ChangeEventLine {
    private static let head = Array("{\"number\":".utf8)
    private static let kindMark = Array(",\"kind\":\"".utf8)

    static func append(_ event: ChangeEvent, to line: inout [UInt8]) {
        line += head
        line += "\(event.number)".utf8
        line += ",\"time\":\(event.time)".utf8
        line += kindMark
        line += event.kind.rawValue.utf8
        line.append(UInt8(ascii: "\""))
        text("source", event.source, to: &line)
        text("transactionID", event.transactionID, to: &line)
        text("dn", event.dn, to: &line)
        text("formerDN", event.formerDN, to: &line)
        if let attributes = event.attributes {
            line += ",\"attributes\":[".utf8
            for (index, attribute) in attributes.enumerated() {
                if index > 0 { line.append(UInt8(ascii: ",")) }
                quoted(attribute, to: &line)
            }
            line.append(UInt8(ascii: "]"))
        }
        if let counts = event.counts {
            line +=
                ",\"counts\":{\"added\":\(counts.added),\"modified\":\(counts.modified),\"removed\":\(counts.removed)"
                .utf8
            line += ",\"unchanged\":\(counts.unchanged),\"refused\":\(counts.refused)}".utf8
        }
        text("reason", event.reason, to: &line)
        line += "}\n".utf8
    }

    private static func text(_ key: String, _ value: String?, to line: inout [UInt8]) {
        guard let value else { return }
        line += ",\"\(key)\":".utf8
        quoted(value, to: &line)
    }

    /// RFC 8259 section 7.
    private static func quoted(_ text: String, to line: inout [UInt8]) {
        line.append(UInt8(ascii: "\""))
        for octet in text.utf8 {
            switch octet {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): line += [UInt8(ascii: "\\"), octet]
            case 0..<0x20: line += "\\u00\(Hexadecimal.text(of: [octet]))".utf8
            default: line.append(octet)
            }
        }
        line.append(UInt8(ascii: "\""))
    }

    /// The number of the event of a line; nil where the line is none.
    static func number(of line: ArraySlice<UInt8>) -> UInt64? {
        guard line.starts(with: head), line.last == UInt8(ascii: "}") else { return nil }
        var number: UInt64 = 0
        for octet in line.dropFirst(head.count) {
            let digit = octet &- 0x30
            guard digit < 10 else { return octet == UInt8(ascii: ",") ? number : nil }
            let (tens, tensOverflow) = number.multipliedReportingOverflow(by: 10)
            let (sum, overflow) = tens.addingReportingOverflow(UInt64(digit))
            guard !tensOverflow, !overflow else { return nil }
            number = sum
        }
        return nil
    }

    /// Whether the event of a line is about something that went wrong.
    static func isError(_ line: ArraySlice<UInt8>) -> Bool {
        // Behind the numbers, which have no quotation marks but those of "time".
        guard let mark = line.dropFirst(head.count).firstRange(of: kindMark) else { return false }
        let name = line[mark.upperBound...].prefix { $0 != UInt8(ascii: "\"") }
        return ChangeEvent.Kind(rawValue: String(decoding: name, as: UTF8.self))?.isError == true
    }

    /// Whether a line is whole: JSON of a change event. Damage to a file may leave anything.
    static func isWhole(_ line: ArraySlice<UInt8>) -> Bool {
        (try? JSONDecoder().decode(ChangeEvent.self, from: Data(line))) != nil
    }
}

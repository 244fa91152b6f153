/// One event as a line of text or JSON.
enum EventLine {
    /// The octets that a value leaves free, so that a line of many fields still ends well.
    private static let reserve = 2

    static func encode(
        time: Timestamp, level: EventLog.Level, event: StaticString, fields: KeyValuePairs<StaticString, any LogValue>,
        format: EventLog.Format
    ) -> [UInt8] {
        var line: [UInt8] = []
        line.reserveCapacity(256)
        if format == .json { line.append(UInt8(ascii: "{")) }
        append("time", time.text, isBare: false, to: &line, format: format)
        append("level", level.name, isBare: false, to: &line, format: format)
        append("event", event.description, isBare: false, to: &line, format: format)
        for (key, value) in fields {
            let before = line.count
            append(key.description, value.logText, isBare: value.isBareInJSON, to: &line, format: format)
            if line.count > EventLog.maximumLineLength - reserve {
                // A field that does not fit goes whole: half of one would be misread.
                line.removeLast(line.count - before)
                break
            }
        }
        if format == .json { line.append(UInt8(ascii: "}")) }
        line.append(UInt8(ascii: "\n"))
        return line
    }

    private static func append(
        _ key: String, _ value: String, isBare: Bool, to line: inout [UInt8], format: EventLog.Format
    ) {
        switch format {
        case .text:
            if !line.isEmpty { line.append(UInt8(ascii: " ")) }
            line.append(contentsOf: key.utf8)
            line.append(UInt8(ascii: "="))
            if needsQuotes(value) {
                appendQuoted(value, to: &line, format: format)
            } else {
                line.append(contentsOf: value.utf8)
            }
        case .json:
            if line.count > 1 { line.append(UInt8(ascii: ",")) }
            appendQuoted(key, to: &line, format: format)
            line.append(UInt8(ascii: ":"))
            if isBare {
                line.append(contentsOf: value.utf8)
            } else {
                appendQuoted(value, to: &line, format: format)
            }
        }
    }

    private static func needsQuotes(_ value: String) -> Bool {
        value.isEmpty || value.utf8.count > EventLog.maximumValueLength
            || value.utf8.contains { octet in
                octet <= 0x20 || octet >= 0x7F || octet == UInt8(ascii: "\"") || octet == UInt8(ascii: "=")
                    || octet == UInt8(ascii: "\\")
            }
    }

    private static func appendQuoted(_ value: String, to line: inout [UInt8], format: EventLog.Format) {
        line.append(UInt8(ascii: "\""))
        var length = 0
        for scalar in value.unicodeScalars {
            length += UTF8.width(scalar)
            if length > EventLog.maximumValueLength {
                line.append(contentsOf: "…".utf8)
                break
            }
            append(scalar, to: &line, format: format)
        }
        line.append(UInt8(ascii: "\""))
    }

    private static func append(_ scalar: Unicode.Scalar, to line: inout [UInt8], format: EventLog.Format) {
        switch scalar {
        case "\"", "\\":
            line.append(UInt8(ascii: "\\"))
            line.append(contentsOf: String(scalar).utf8)
        case _ where isHarmful(scalar):
            // JSON has no escape above U+FFFF but pairs; what is harmful up there (tags) is shown as unknown.
            if format == .text {
                line.append(contentsOf: "\\u{\(String(scalar.value, radix: 16))}".utf8)
            } else if scalar.value <= 0xFFFF {
                let digits = String(scalar.value, radix: 16)
                line.append(contentsOf: ("\\u" + String(repeating: "0", count: 4 - digits.count) + digits).utf8)
            } else {
                line.append(contentsOf: "\\ufffd".utf8)
            }
        default:
            line.append(contentsOf: String(scalar).utf8)
        }
    }

    /// Control and format characters, line and paragraph separators: whatever moves a terminal's cursor, turns its
    /// direction or ends a line.
    private static func isHarmful(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate, .unassigned: true
        default: false
        }
    }
}

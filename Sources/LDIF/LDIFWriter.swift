/// Writes LDIF (RFC 2849) that reads back to the same octets.
///
/// Take `output` and empty it as often as you like between two calls.
public struct LDIFWriter {
    /// Columns of a line before it is folded: what ldapsearch and slapcat write.
    static let width = 76

    /// What was written since it was last emptied.
    public var output: [UInt8] = []

    /// A writer that has written nothing.
    public init() {}

    /// Writes `version: 1` and a blank line: the first thing in a file (RFC 2849 note 1).
    public mutating func version() {
        text("version: 1\n\n")
    }

    /// Writes comment lines.
    public mutating func comment(_ lines: String) {
        for line in lines.split(separator: "\n", omittingEmptySubsequences: false) {
            text("# \(line)\n")
        }
    }

    /// Writes one `name: value` line, in base64 where note 4 or 8 asks for it, folded at 76 columns.
    public mutating func line(_ name: Span<UInt8>, _ value: Span<UInt8>) {
        guard !Self.needsBase64(value) else {
            base64Line(name, value)
            return
        }
        let start = output.count
        append(name)
        output.append(Octet.colon)
        if value.count > 0 {
            output.append(Octet.space)
            append(value)
        }
        fold(from: start)
        output.append(Octet.lineFeed)
    }

    /// Writes one `name:: value` line, in base64 whatever the value is.
    public mutating func base64Line(_ name: String, _ value: Span<UInt8>) {
        base64Line(name.utf8.span, value)
    }

    private mutating func base64Line(_ name: Span<UInt8>, _ value: Span<UInt8>) {
        let start = output.count
        append(name)
        output.append(Octet.colon)
        output.append(Octet.colon)
        output.append(Octet.space)
        Base64.encode(value, into: &output)
        fold(from: start)
        output.append(Octet.lineFeed)
    }

    /// Writes one `name: value` line.
    public mutating func line(_ name: String, _ value: Span<UInt8>) {
        line(name.utf8.span, value)
    }

    /// Ends the record with a blank line.
    public mutating func endRecord() {
        output.append(Octet.lineFeed)
    }

    /// Writes a whole record.
    public mutating func record(_ record: LDIFRecord) {
        line("dn", record.dn.span)
        for control in record.controls { self.control(control) }
        switch record.change {
        case .content(let values): lines(values)
        case .add(let values):
            text("changetype: add\n")
            lines(values)
        case .delete:
            text("changetype: delete\n")
        case .modify(let modifications):
            text("changetype: modify\n")
            for modification in modifications {
                line(Array(modification.kind.rawValue.utf8).span, modification.name.span)
                lines(modification.values)
                text("-\n")
            }
        case .rename(let newRDN, let deleteOldRDN, let newSuperior):
            text("changetype: modrdn\n")
            line("newrdn", newRDN.span)
            text(deleteOldRDN ? "deleteoldrdn: 1\n" : "deleteoldrdn: 0\n")
            if let newSuperior { line("newsuperior", newSuperior.span) }
        }
        endRecord()
    }

    private mutating func lines(_ values: [LDIFValue]) {
        for value in values { line(value.name.span, value.value.span) }
    }

    private mutating func control(_ control: LDIFControl) {
        let start = output.count
        text("control: \(control.oid) \(control.isCritical)")
        if let value = control.value {
            output.append(Octet.colon)
            output.append(Octet.colon)
            output.append(Octet.space)
            Base64.encode(value.span, into: &output)
        }
        fold(from: start)
        output.append(Octet.lineFeed)
    }

    private mutating func text(_ text: String) {
        output.append(contentsOf: text.utf8)
    }

    private mutating func append(_ span: Span<UInt8>) {
        for index in 0..<span.count { output.append(span[index]) }
    }

    /// Breaks the line that begins at `start`: each continuation begins with a space (RFC 2849 note 2).
    private mutating func fold(from start: Int) {
        guard output.count - start > Self.width else { return }
        let rest = Array(output[(start + Self.width)...])
        output.removeLast(rest.count)
        var index = 0
        while index < rest.count {
            output.append(Octet.lineFeed)
            output.append(Octet.space)
            let end = min(index + Self.width - 1, rest.count)
            output.append(contentsOf: rest[index..<end])
            index = end
        }
    }

    /// Whether a value cannot stand as it is: not SAFE-STRING, or a space at its end (RFC 2849 notes 4 and 8).
    static func needsBase64(_ value: Span<UInt8>) -> Bool {
        guard value.count > 0 else { return false }
        let first = value[0]
        if first == Octet.space || first == Octet.colon || first == Octet.lessThan { return true }
        if value[value.count - 1] == Octet.space { return true }
        for index in 0..<value.count {
            let octet = value[index]
            // Control characters are SAFE-CHAR but for NUL, LF and CR, yet no editor keeps them.
            if octet < 0x20 || octet >= 0x7F { return true }
        }
        return false
    }
}

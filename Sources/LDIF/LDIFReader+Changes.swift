extension LDIFReader {
    /// `control: OID [true|false] [value]` (RFC 2849, control), and reads the line after it.
    mutating func readControl() throws(LDIFError) {
        guard controls.count < limits.controlsInRecord else {
            throw error(.limit, "expected at most \(limits.controlsInRecord) controls")
        }
        controls.append(try parseControl())
        guard try readLine() == .text else {
            throw error(.change, at: line, "expected 'changetype:' after 'control:'")
        }
    }

    private mutating func parseControl() throws(LDIFError) -> LDIFControl {
        let field = try parseLine().value
        guard let head = ControlHead(parsing: bytes(field)), head.oid.utf8.count <= limits.attributeDescriptionLength
        else {
            throw error(.change, "expected 'control: OID', then true or false, then ': value'")
        }
        guard head.end < field.count else { return LDIFControl(oid: head.oid, isCritical: head.isCritical) }
        // What follows is a value-spec of its own, with its own colon.
        let value = try parseValue(afterColon: field.lowerBound + head.end)
        return LDIFControl(oid: head.oid, isCritical: head.isCritical, value: copy(value.range))
    }

    /// `changetype:` and what belongs to it, up to the end of the record.
    mutating func readChange() throws(LDIFError) {
        let type = try parseLine()
        guard let change = Kind(changeType: bytes(type.value)) else {
            throw error(.change, "expected 'changetype:' add, delete, modify, modrdn or moddn")
        }
        kind = change
        switch change {
        case .content, .add:
            guard try readLine() == .text else {
                throw error(.change, at: line, "expected at least one attribute to add")
            }
            try readValues()
        case .delete: try endRecord(after: "'changetype: delete'")
        case .modify: try readModifications()
        case .rename: try readRename()
        }
    }

    private mutating func endRecord(after what: String) throws(LDIFError) {
        if try readLine() == .text {
            throw error(.change, "expected a blank line after \(what)")
        }
    }

    /// change-modify = "modify" SEP *mod-spec; the last "-" may be missing, as some tools leave it out.
    private mutating func readModifications() throws(LDIFError) {
        while try readLine() == .text {
            let start = try parseModificationStart()
            let first = lines.count
            var closed = false
            while try readLine() == .text {
                if isSeparator {
                    closed = true
                    break
                }
                try appendLine()
                try checkName(lines.count - 1, is: start.name)
            }
            if start.kind == .add, lines.count == first {
                throw error(.change, at: start.line, "expected at least one value after 'add:'")
            }
            modifications.append(
                LDIFModificationFields(
                    kind: start.kind, name: start.name, values: first..<lines.count, line: start.line))
            if !closed { return }
        }
    }

    private var isSeparator: Bool {
        lineEnd - lineStart == 1 && buffer[base + lineStart] == Octet.hyphen
    }

    private mutating func parseModificationStart() throws(LDIFError) -> LDIFModificationFields {
        let kind: LDIFModification.Kind
        if isNamed("add") {
            kind = .add
        } else if isNamed("delete") {
            kind = .delete
        } else if isNamed("replace") {
            kind = .replace
        } else if isNamed("increment") {
            throw error(
                .change,
                "expected 'add:', 'delete:' or 'replace:'; 'increment:' (RFC 4525) is not supported: replace the value")
        } else {
            throw error(.change, "expected 'add:', 'delete:' or 'replace:', after '-' where it is not the first")
        }
        let start = try parseLine()
        let name = bytes(start.value)
        var isDescription = name.count > 0 && name.count <= limits.attributeDescriptionLength && name[0].isLetterOrDigit
        for index in 0..<name.count where !name[index].isDescriptionOctet { isDescription = false }
        guard isDescription else { throw error(.change, "expected an attribute after '\(kind.rawValue):'") }
        return LDIFModificationFields(kind: kind, name: start.value, values: 0..<0, line: lineNumber)
    }

    private func checkName(_ index: Int, is name: Range<Int>) throws(LDIFError) {
        let expected = bytes(name)
        let given = bytes(lines[index].name)
        var isSame = expected.count == given.count
        if isSame {
            for octet in 0..<given.count where given[octet].lowerCased != expected[octet].lowerCased { isSame = false }
        }
        guard isSame else {
            throw error(
                .change, "expected a value of the attribute named after 'add:', 'delete:' or 'replace:', or '-'")
        }
    }

    /// change-moddn = ("modrdn" / "moddn") newrdn deleteoldrdn [newsuperior]
    private mutating func readRename() throws(LDIFError) {
        guard try readLine() == .text, isNamed("newrdn") else {
            throw error(.change, "expected 'newrdn:' after 'changetype:'")
        }
        let rdn = try parseLine()
        guard !rdn.value.isEmpty, rdn.isText || bytes(rdn.value).isUTF8 else {
            throw error(.change, "expected a relative distinguished name in UTF-8 after 'newrdn:'")
        }
        newRDN = rdn.value
        guard try readLine() == .text, isNamed("deleteoldrdn") else {
            throw error(.change, "expected 'deleteoldrdn:' after 'newrdn:'")
        }
        let flag = try parseLine().value
        deleteOldRDN = bytes(flag).equals("1")
        guard deleteOldRDN || bytes(flag).equals("0") else {
            throw error(.change, "expected 0 or 1 after 'deleteoldrdn:'")
        }
        guard try readLine() == .text else { return }
        guard isNamed("newsuperior") else {
            throw error(.change, "expected 'newsuperior:' or a blank line after 'deleteoldrdn:'")
        }
        let superior = try parseLine()
        guard superior.isText || bytes(superior.value).isUTF8 else {
            throw error(.octets, "expected a name in UTF-8 after 'newsuperior:'")
        }
        newSuperior = superior.value
        try endRecord(after: "'newsuperior:'")
    }
}

/// A control line up to its value.
private struct ControlHead {
    let oid: String
    var isCritical = false
    /// Where the colon before the value is, or the end.
    var end = 0

    init?(parsing text: Span<UInt8>) {
        while end < text.count, text[end] == 0x2E || (text[end] >= 0x30 && text[end] <= 0x39) { end += 1 }
        guard end > 0 else { return nil }
        oid = String(decoding: (0..<end).map { text[$0] }, as: UTF8.self)
        let word = end
        while end < text.count, text[end] == Octet.space { end += 1 }
        for (name, value) in [("true", true), ("false", false)] where end > word {
            let after = end + name.utf8.count
            if after <= text.count, text.extracting(end..<after).equalsIgnoringCase(name) {
                isCritical = value
                end = after
                break
            }
        }
        guard end == text.count || text[end] == Octet.colon else { return nil }
    }
}

extension LDIFReader.Kind {
    /// The kind that the word after `changetype:` names.
    init?(changeType word: Span<UInt8>) {
        if word.equalsIgnoringCase("add") {
            self = .add
        } else if word.equalsIgnoringCase("delete") {
            self = .delete
        } else if word.equalsIgnoringCase("modify") {
            self = .modify
        } else if word.equalsIgnoringCase("modrdn") || word.equalsIgnoringCase("moddn") {
            self = .rename
        } else {
            return nil
        }
    }
}

extension UInt8 {
    var lowerCased: UInt8 {
        self >= 0x41 && self <= 0x5A ? self | 0x20 : self
    }
}

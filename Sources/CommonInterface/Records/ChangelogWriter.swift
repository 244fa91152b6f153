import LDIF

/// Writes changelogs in the form of draft-good-ldap-changelog. Take `output` and empty it as often as you like.
public struct ChangelogWriter {
    private var writer = LDIFWriter()
    private var changes = LDIFWriter()

    /// What was written since it was last emptied.
    public var output: [UInt8] {
        get { writer.output }
        _modify { yield &writer.output }
    }

    /// A writer that has written the version line.
    public init() { writer.version() }

    /// Writes a change.
    public mutating func write(_ change: IdentityChange) {
        let id = change.id.description
        text("dn", "changeNumber=\(id),cn=changelog")
        text("objectClass", "top")
        text("objectClass", "changeLogEntry")
        text("changeNumber", id)
        if let previous = change.previous { text("previousChangeNumber", previous.description) }
        if let time = change.time { text("changeTime", CivilTime.generalizedTime(seconds: time)) }
        writer.line("targetDN", change.subject.octets.span)
        changes.output.removeAll(keepingCapacity: true)
        switch change.kind {
        case .add(let attributes):
            text("changeType", "add")
            writeAdd(attributes)
        case .modify(let attributes):
            text("changeType", "modify")
            for attribute in attributes { writeReplacement(attribute) }
        case .delete:
            text("changeType", "delete")
        }
        let value = changes.output
        if !value.isEmpty { writer.base64Line("changes", value.span) }
        writer.endRecord()
    }

    /// LDIF lines of what was added; `objectClass: top` where there is nothing else, for `changes` must not be missing.
    private mutating func writeAdd(_ attributes: [IdentityAttribute]) {
        for attribute in attributes {
            for value in attribute.values { changes.line(attribute.name, value.span) }
        }
        let filler = AttributeCollector.fillerValue
        if changes.output.isEmpty { changes.line(AttributeCollector.fillerName, filler.span) }
    }

    private mutating func writeReplacement(_ attribute: IdentityAttribute) {
        changes.line("replace", attribute.name.utf8.span)
        for value in attribute.values { changes.line(attribute.name, value.span) }
        changes.output.append(contentsOf: "-\n".utf8)
    }

    private mutating func text(_ name: String, _ value: String) { writer.line(name, value.utf8.span) }
}

public import BER

/// A control (RFC 4511 §4.1.11).
public struct Control: Sendable, Equatable {
    /// The control's object identifier.
    public var oid: String
    /// Whether the operation must not be performed without the control.
    public var isCritical: Bool
    /// The control's value; nil where there is none, which is not the same as an empty one.
    public var value: [UInt8]?

    /// The control `oid`.
    public init(_ oid: String, isCritical: Bool = false, value: [UInt8]? = nil) {
        self.oid = oid
        self.isCritical = isCritical
        self.value = value
    }

    /// Writes the control as an element.
    public func encode(into writer: inout BERWriter) {
        let mark = writer.begin(BERTag.sequence)
        writer.octetString(oid)
        // RFC 4511 §5.1: a value that is the default is absent.
        if isCritical { writer.boolean(true) }
        if let value { writer.octetString(value) }
        writer.end(mark)
    }
}

extension Control {
    @_lifetime(list: copy list)
    init(_ list: inout ElementReader) throws(LDAPDecodingError) {
        var control = try list.constructed(BERTag.sequence)
        oid = try control.string()
        isCritical = try control.booleanOrFalse()
        value = try control.optionalArray(BERTag.octetString)
        try control.ignoreRest()
    }
}

extension BERWriter {
    /// Writes `[0] Controls`; nothing where there are none.
    mutating func controls(_ controls: [Control]) {
        guard !controls.isEmpty else { return }
        let mark = begin(Tag.controls)
        for control in controls { control.encode(into: &self) }
        end(mark)
    }
}

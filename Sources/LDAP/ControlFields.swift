import BER
public import ReusedMemory

/// One control of a request, as ranges into the PDU (RFC 4511 §4.1.11).
@frozen
public struct ControlFields: Sendable, Equatable {
    /// The control's object identifier, as the client wrote it.
    public let oid: Range<Int>
    /// Whether the operation must not be performed without the control.
    public let isCritical: Bool
    /// The control's value; nil where there is none, which is not the same as an empty one.
    public let value: Range<Int>?
}

extension RequestReader {
    /// Reads the request's controls into `fields`, which is emptied first and whose memory is reused.
    ///
    /// - Throws: `.malformed` for wrong structure; `.protocolError` for more than `Limits.controlsPerRequest`.
    public func readControls(into fields: inout ReusedList<ControlFields>) throws(LDAPDecodingError) {
        fields.removeAll()
        guard let controls else { return }
        var list = ElementReader(reader.reader(of: controls), messageID)
        while !list.isAtEnd {
            guard fields.count < Limits.controlsPerRequest else {
                throw .protocolError(messageID, "too many controls")
            }
            fields.append(try ControlFields(&list))
        }
    }
}

extension ControlFields {
    @_lifetime(list: copy list)
    init(_ list: inout ElementReader) throws(LDAPDecodingError) {
        var control = try list.constructed(BERTag.sequence)
        oid = try control.octets()
        isCritical = try control.booleanOrFalse()
        value = try control.optionalOctets(BERTag.octetString)
        try control.ignoreRest()
    }
}

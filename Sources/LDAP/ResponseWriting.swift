public import BER

/// Writes a whole SearchResultDone message (RFC 4511 §4.5.2).
public func writeSearchResultDone(
    to writer: inout BERWriter, messageID: MessageID, result: LDAPResult, controls: [Control] = []
) {
    writeResult(to: &writer, operation: .searchResultDone, messageID: messageID, result: result, controls: controls)
}

/// Writes a whole response message that is an LDAPResult and nothing more (RFC 4511 §4.1.9): every response but those of
/// bind with SASL credentials, extended operations, entries and references.
public func writeResult(
    to writer: inout BERWriter, operation: ResponseOperation, messageID: MessageID, result: LDAPResult,
    controls: [Control] = []
) {
    guard !result.isBare || !controls.isEmpty else {
        return writeBareResult(to: &writer, operation: operation, messageID: messageID, code: result.code)
    }
    writeMessage(to: &writer, operation: operation, messageID: messageID, controls: controls) { writer in
        result.encode(into: &writer)
    }
}

/// Writes a whole response message whose LDAPResult is a code and nothing more, which is how most operations end: a few
/// stores, for every length is known beforehand.
///
/// ```
///  30 len 02 n <message ID> | op 07 0A 01 code 04 00 04 | 00
/// ```
public func writeBareResult(
    to writer: inout BERWriter, operation: ResponseOperation, messageID: MessageID, code: ResultCode
) {
    // All codes but private ones are one octet.
    let oneOctet = UInt64(truncatingIfNeeded: code.rawValue) & 0x7F
    guard oneOctet == UInt64(truncatingIfNeeded: code.rawValue) else {
        return writeMessage(to: &writer, operation: operation, messageID: messageID, controls: []) {
            LDAPResult(code).encode(into: &$0)
        }
    }
    let size = BERWriter.integerSize(Int64(messageID.rawValue))
    writer.header(BERTag.sequence, length: size + 9)
    writer.integer(Int64(messageID.rawValue))
    let body = UInt64(operation.rawValue) | 0x0400_0400_010A_0700
    writer.append(body | oneOctet << 32, octets: 8)
    writer.append(0, octets: 1)
}

/// Writes a whole BindResponse message (RFC 4511 §4.2.2).
public func writeBindResponse(
    to writer: inout BERWriter, messageID: MessageID, result: LDAPResult, serverCredentials: [UInt8]? = nil,
    controls: [Control] = []
) {
    guard !result.isBare || serverCredentials != nil || !controls.isEmpty else {
        return writeBareResult(to: &writer, operation: .bind, messageID: messageID, code: result.code)
    }
    writeMessage(to: &writer, operation: .bind, messageID: messageID, controls: controls) { writer in
        result.encode(into: &writer)
        if let serverCredentials { writer.octetString(serverCredentials, tag: Tag.serverSASLCredentials) }
    }
}

/// Writes a whole ExtendedResponse message (RFC 4511 §4.12).
public func writeExtendedResponse(
    to writer: inout BERWriter, messageID: MessageID, result: LDAPResult, name: String? = nil, value: [UInt8]? = nil,
    controls: [Control] = []
) {
    writeMessage(to: &writer, operation: .extended, messageID: messageID, controls: controls) { writer in
        result.encode(into: &writer)
        if let name { writer.octetString(name, tag: Tag.extendedResponseName) }
        if let value { writer.octetString(value, tag: Tag.extendedResponseValue) }
    }
}

/// Writes a whole SearchResultReference message (RFC 4511 §4.5.2), which names at least one URL.
public func writeSearchResultReference(to writer: inout BERWriter, messageID: MessageID, urls: [String]) {
    writeMessage(to: &writer, operation: .searchResultReference, messageID: messageID, controls: []) { writer in
        for url in urls { writer.octetString(url) }
    }
}

/// Writes a Notice of Disconnection (RFC 4511 §4.4.1): the last thing a client hears before the connection is closed.
public func writeNoticeOfDisconnection(to writer: inout BERWriter, result: LDAPResult) {
    writeExtendedResponse(
        to: &writer, messageID: .unsolicited, result: result, name: OID.Extension.noticeOfDisconnection)
}

func writeMessage(
    to writer: inout BERWriter, operation: ResponseOperation, messageID: MessageID, controls: [Control],
    body: (inout BERWriter) -> Void
) {
    let message = writer.begin(BERTag.sequence)
    writer.integer(Int64(messageID.rawValue))
    let operation = writer.begin(operation.rawValue)
    body(&writer)
    writer.end(operation)
    writer.controls(controls)
    writer.end(message)
}

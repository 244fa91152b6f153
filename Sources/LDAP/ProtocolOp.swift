public import BER

/// The protocolOp CHOICE (RFC 4511 §4.1.1): all requests and all responses.
public enum ProtocolOp: Sendable, Equatable {
    /// Asks to authenticate (§4.2).
    case bindRequest(BindRequest)
    /// Answers a bind (§4.2.2).
    case bindResponse(BindResponse)
    /// Ends the session (§4.3).
    case unbindRequest
    /// Asks for entries (§4.5.1).
    case searchRequest(SearchRequest)
    /// An entry that was found (§4.5.2).
    case searchResultEntry(SearchResultEntry)
    /// URLs at which the search goes on (§4.5.2).
    case searchResultReference([String])
    /// Ends the answers to a search (§4.5.2).
    case searchResultDone(LDAPResult)
    /// Asks to change an entry (§4.6).
    case modifyRequest(ModifyRequest)
    /// Answers a modify (§4.6).
    case modifyResponse(LDAPResult)
    /// Asks for a new entry (§4.7).
    case addRequest(AddRequest)
    /// Answers an add (§4.7).
    case addResponse(LDAPResult)
    /// Asks for the entry of that DN to go (§4.8).
    case deleteRequest(String)
    /// Answers a delete (§4.8).
    case deleteResponse(LDAPResult)
    /// Asks for another name or place (§4.9).
    case modifyDNRequest(ModifyDNRequest)
    /// Answers a modify DN (§4.9).
    case modifyDNResponse(LDAPResult)
    /// Asks whether an entry has a value (§4.10).
    case compareRequest(CompareRequest)
    /// Answers a compare (§4.10).
    case compareResponse(LDAPResult)
    /// Takes a request back (§4.11).
    case abandonRequest(MessageID)
    /// Asks for something that RFC 4511 does not define (§4.12).
    case extendedRequest(ExtendedRequest)
    /// Answers an extended request, or is unsolicited (§4.12, §4.4).
    case extendedResponse(ExtendedResponse)
    /// Something on the way to the answer (§4.13).
    case intermediateResponse(IntermediateResponse)
}

extension ProtocolOp {
    /// Reads the protocolOp whose header is `header`.
    init(_ header: BERHeader, _ reader: borrowing ElementReader) throws(LDAPDecodingError) {
        if let request = RequestOperation(rawValue: header.tag) {
            self = try ProtocolOp.request(request, header.contents, reader)
        } else if let response = ResponseOperation(rawValue: header.tag) {
            self = try ProtocolOp.response(response, header.contents, reader)
        } else {
            throw .malformed("the protocolOp is none")
        }
    }

    private static func request(
        _ operation: RequestOperation, _ contents: Range<Int>, _ reader: borrowing ElementReader
    ) throws(LDAPDecodingError) -> ProtocolOp {
        var body = reader.reader(of: contents)
        let request: ProtocolOp
        switch operation {
        case .unbind: return .unbindRequest
        case .delete: return .deleteRequest(try body.string(contents))
        case .abandon:
            guard let id = MessageID(try body.integer(in: contents)) else {
                throw .protocolError(body.messageID, "a message ID out of range")
            }
            return .abandonRequest(id)
        case .bind: request = .bindRequest(try BindRequest(&body))
        case .search: request = .searchRequest(try SearchRequest(&body))
        case .modify: request = .modifyRequest(try ModifyRequest(&body))
        case .add: request = .addRequest(try AddRequest(&body))
        case .modifyDN: request = .modifyDNRequest(try ModifyDNRequest(&body))
        case .compare: request = .compareRequest(try CompareRequest(&body))
        case .extended: request = .extendedRequest(try ExtendedRequest(&body))
        }
        try body.ignoreRest()
        return request
    }

    private static func response(
        _ operation: ResponseOperation, _ contents: Range<Int>, _ reader: borrowing ElementReader
    ) throws(LDAPDecodingError) -> ProtocolOp {
        var body = reader.reader(of: contents)
        let response: ProtocolOp
        switch operation {
        case .searchResultReference:
            var urls: [String] = []
            while !body.isAtEnd { urls.append(try body.string()) }
            return .searchResultReference(urls)
        case .bind: response = .bindResponse(try BindResponse(&body))
        case .searchResultEntry: response = .searchResultEntry(try SearchResultEntry(&body))
        case .searchResultDone: response = .searchResultDone(try LDAPResult(&body))
        case .modify: response = .modifyResponse(try LDAPResult(&body))
        case .add: response = .addResponse(try LDAPResult(&body))
        case .delete: response = .deleteResponse(try LDAPResult(&body))
        case .modifyDN: response = .modifyDNResponse(try LDAPResult(&body))
        case .compare: response = .compareResponse(try LDAPResult(&body))
        case .extended: response = .extendedResponse(try ExtendedResponse(&body))
        case .intermediate: response = .intermediateResponse(try IntermediateResponse(&body))
        }
        try body.ignoreRest()
        return response
    }
}

extension ProtocolOp {
    /// The identifier octet of the choice.
    public var tag: UInt8 {
        switch self {
        case .bindRequest: RequestOperation.bind.rawValue
        case .unbindRequest: RequestOperation.unbind.rawValue
        case .searchRequest: RequestOperation.search.rawValue
        case .modifyRequest: RequestOperation.modify.rawValue
        case .addRequest: RequestOperation.add.rawValue
        case .deleteRequest: RequestOperation.delete.rawValue
        case .modifyDNRequest: RequestOperation.modifyDN.rawValue
        case .compareRequest: RequestOperation.compare.rawValue
        case .abandonRequest: RequestOperation.abandon.rawValue
        case .extendedRequest: RequestOperation.extended.rawValue
        case .bindResponse: ResponseOperation.bind.rawValue
        case .searchResultEntry: ResponseOperation.searchResultEntry.rawValue
        case .searchResultReference: ResponseOperation.searchResultReference.rawValue
        case .searchResultDone: ResponseOperation.searchResultDone.rawValue
        case .modifyResponse: ResponseOperation.modify.rawValue
        case .addResponse: ResponseOperation.add.rawValue
        case .deleteResponse: ResponseOperation.delete.rawValue
        case .modifyDNResponse: ResponseOperation.modifyDN.rawValue
        case .compareResponse: ResponseOperation.compare.rawValue
        case .extendedResponse: ResponseOperation.extended.rawValue
        case .intermediateResponse: ResponseOperation.intermediate.rawValue
        }
    }

    /// Writes the operation as an element.
    public func encode(into writer: inout BERWriter) {
        switch self {
        case .unbindRequest: return writer.null(tag: tag)
        case .deleteRequest(let dn): return writer.octetString(dn, tag: tag)
        case .abandonRequest(let id): return writer.integer(Int64(id.rawValue), tag: tag)
        default: break
        }
        let mark = writer.begin(tag)
        encodeContents(into: &writer)
        writer.end(mark)
    }

    private func encodeContents(into writer: inout BERWriter) {
        switch self {
        case .bindRequest(let request): request.encode(into: &writer)
        case .searchRequest(let request): request.encode(into: &writer)
        case .modifyRequest(let request): request.encode(into: &writer)
        case .addRequest(let request): request.encode(into: &writer)
        case .modifyDNRequest(let request): request.encode(into: &writer)
        case .compareRequest(let request): request.encode(into: &writer)
        case .extendedRequest(let request): request.encode(into: &writer)
        case .bindResponse(let response): response.encode(into: &writer)
        case .searchResultEntry(let entry): entry.encode(into: &writer)
        case .searchResultReference(let urls):
            for url in urls { writer.octetString(url) }
        case .searchResultDone(let result), .modifyResponse(let result), .addResponse(let result),
            .deleteResponse(let result), .modifyDNResponse(let result), .compareResponse(let result):
            result.encode(into: &writer)
        case .extendedResponse(let response): response.encode(into: &writer)
        case .intermediateResponse(let response): response.encode(into: &writer)
        case .unbindRequest, .deleteRequest, .abandonRequest: break
        }
    }
}

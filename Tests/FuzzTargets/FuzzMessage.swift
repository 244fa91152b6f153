import BER
import LDAP
import ReusedMemory

/// Reads a stream of messages as a server does and as a client does; the two must agree about structure.
func fuzzMessage(_ input: [UInt8]) throws {
    var rest = input[...]
    while !rest.isEmpty {
        guard let length = try? nextMessageLength(rest.span, limit: Limits.messageBytesBeforeAuthentication) else {
            break
        }
        try demand(length <= rest.count && length >= 2, "a message lies inside what was received")
        try check(Array(rest.prefix(length)))
        rest = rest.dropFirst(length)
    }
    // Whatever the framing, the inside may be tried on its own.
    try check(input)
}

private func check(_ pdu: [UInt8]) throws {
    let asRequest = serverVerdict(pdu)
    let asMessage: LDAPMessage
    do throws(LDAPDecodingError) {
        asMessage = try LDAPMessage(decoding: pdu.span)
    } catch {
        if case .malformed = error, asRequest == nil {
            throw FuzzFinding(description: "the server reads what the client calls malformed")
        }
        return
    }
    let octets = asMessage.encoded
    let again = try LDAPMessage(decoding: octets.span)
    try demand(again == asMessage, "a message reads back")
    if asRequest == nil { try demand(serverVerdict(octets) == nil, "the server reads what the client writes") }
    _ = Filter.escape(pdu)
}

/// Reads a request whole: envelope, operation and controls.
private func serverVerdict(_ pdu: [UInt8]) -> LDAPDecodingError? {
    do throws(LDAPDecodingError) {
        let request = try RequestReader(pdu.span)
        switch request.operation {
        case .bind: _ = try request.bindRequest()
        case .search:
            var fields = SearchRequestFields()
            var filter = FlatFilter()
            try request.searchRequest(into: &fields, filter: &filter)
            checkFilter(filter, pdu.count)
        case .compare: _ = try request.compareRequest()
        case .extended: _ = try request.cancelID(request.extendedRequest().value)
        case .abandon: _ = try request.abandonRequest()
        case .add, .modify, .modifyDN, .delete: _ = try request.writeRequest()
        case .unbind: break
        }
        var controls = ReusedList<ControlFields>()
        try request.readControls(into: &controls)
        for index in controls.indices {
            if let value = controls[index].value {
                _ = try? PagedResults(decoding: request.bytes(value), messageID: request.messageID)
            }
        }
        return nil
    } catch {
        return error
    }
}

/// A compiled filter is a tree: every subtree ends inside its parent's, and counts its children.
private func checkFilter(_ filter: borrowing FlatFilter, _ size: Int) {
    let (nodes, parts) = (filter.nodes.array, filter.parts.array)
    for (index, node) in nodes.enumerated() {
        var child = index + 1
        var count: Int32 = 0
        while child < node.subtreeEnd {
            child = nodes[child].subtreeEnd
            count += 1
        }
        precondition(child == node.subtreeEnd && count == node.childCount, "a component counts its children")
        precondition(node.attribute.upperBound <= size && node.value.upperBound <= size, "a component lies in the PDU")
        precondition(node.parts.upperBound <= parts.count, "an item's parts are there")
        precondition(parts[node.parts].allSatisfy { $0.value.upperBound <= size }, "a part lies in the PDU")
    }
}

import Transport

/// Reads a header as it comes, octet by octet: it is whole at its own length, neither before nor after, and what is behind it
/// changes nothing.
func fuzzProxyHeader(_ input: [UInt8]) throws {
    var outcomes: [Result<ProxyHeader?, ProxyHeaderError>] = []
    for count in 0...min(input.count, 600) {
        outcomes.append(Result { () throws(ProxyHeaderError) in try ProxyHeader(input.span.extracting(first: count)) })
    }
    guard let end = outcomes.firstIndex(where: { if case .success(nil) = $0 { false } else { true } }) else { return }
    switch outcomes[end] {
    case .success(let header?):
        try demand(header.length == end, "a header is whole at its length, and not before")
        try demand(end <= ProxyHeader.maximumLength, "a header has no more than its limit")
    case .success(nil): break
    case .failure: try demand(end > 0, "nothing is no mistake yet")
    }
    for later in outcomes[end...] {
        try demand(later == outcomes[end], "what comes later changes nothing")
    }
}

/// Both versions, each kind.
let proxyHeaderSeeds: [[UInt8]] = {
    let signature: [UInt8] = [0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A]
    let v4: [UInt8] = [192, 0, 2, 1, 192, 0, 2, 2, 0x9C, 0x40, 0x01, 0x85]
    let vectors: [UInt8] = [4, 0, 2, 0, 0, 0x20, 0, 5, 1, 0, 0, 0, 0]
    return [
        Array("PROXY TCP4 192.0.2.1 192.0.2.2 40000 389\r\n0".utf8),
        Array("PROXY TCP6 2001:db8::1 2001:db8::2 40000 389\r\n".utf8), Array("PROXY UNKNOWN\r\n".utf8),
        signature + [0x20, 0, 0, 0], signature + [0x21, 0x11, 0, 12] + v4,
        signature + [0x21, 0x11, 0, 25] + v4 + vectors + [0x30, 12],
        signature + [0x21, 0x21, 0, 36] + [UInt8](repeating: 0x20, count: 36),
        signature + [0x21, 0x31, 0, 216] + [UInt8](repeating: 0x2F, count: 216),
    ]
}()

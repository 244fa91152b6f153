import Addresses
import Testing

@testable import Transport

/// proxy-protocol.txt of HAProxy, "2. The PROXY protocol header".
@Suite struct ProxyHeaderTests {
    private static let signature: [UInt8] = [
        0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A,
    ]
    private static let v4: [UInt8] = [192, 0, 2, 1, 198, 51, 100, 2, 0x9C, 0x40, 0x01, 0x85]
    private static let v6 = [0x20, 0x01, 0x0D, 0xB8] + [UInt8](repeating: 0, count: 11) + [1] + v6Destination
    private static let v6Destination = [UInt8](repeating: 0xFE, count: 16) + [0x9C, 0x40, 0x02, 0x7C]

    private static func binary(_ command: UInt8, _ family: UInt8, _ block: [UInt8]) -> [UInt8] {
        signature + [command, family, UInt8(block.count >> 8), UInt8(block.count & 0xFF)] + block
    }

    private func read(_ octets: [UInt8]) throws -> ProxyHeader? { try ProxyHeader(octets.span) }

    @Test(
        arguments: [
            ("PROXY TCP4 192.0.2.1 198.51.100.2 40000 389\r\n", "192.0.2.1:40000"),
            ("PROXY TCP4 0.0.0.0 255.255.255.255 0 65535\r\n", "0.0.0.0:0"),
            ("PROXY TCP6 2001:DB8::1 fe80::2 65535 636\r\n", "[2001:db8::1]:65535"),
            (
                "PROXY TCP6 ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535\r\n",
                "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:65535"
            ),
            ("PROXY UNKNOWN\r\n", nil), ("PROXY UNKNOWN who knows what\r\n", nil),
            (
                "PROXY UNKNOWN ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535\r\n",
                nil
            ),
        ] as [(String, String?)])
    func readsALineOfVersion1(line: String, client: String?) throws {
        let header = try #require(try read(Array(line.utf8) + [0x30, 0x0C, 0x0A]))
        #expect(header.client?.description == client)
        #expect(header.length == line.utf8.count)
        for count in 0..<line.utf8.count { #expect(try read(Array(line.utf8.prefix(count))) == nil, "\(count)") }
    }

    @Test(arguments: [
        // Another protocol, from its first octet on.
        "0", "GET / HTTP/1.0\r\n", "proxy TCP4", "PROXYTCP4", "PROXY\t",
        // Section 2.1: exactly one space, canonical addresses of the family said, ports without leading zeros, CR LF.
        "PROXY  TCP4 192.0.2.1 192.0.2.2 1 2\r\n", "PROXY TCP4  192.0.2.1 192.0.2.2 1 2\r\n",
        "PROXY TCP4 192.0.2.1 192.0.2.2 1 2 \r\n", "PROXY TCP4 192.0.2.1 192.0.2.2 1\r\n",
        "PROXY TCP4 192.0.2.01 192.0.2.2 1 2\r\n", "PROXY TCP4 192.0.2 192.0.2.2 1 2\r\n",
        "PROXY TCP4 192.0.2.1 192.0.2.256 1 2\r\n", "PROXY TCP4 ::1 ::2 1 2\r\n", "PROXY TCP6 192.0.2.1 ::2 1 2\r\n",
        "PROXY TCP6 ::1 192.0.2.1 1 2\r\n", "PROXY TCP6 ::1%eth0 ::2 1 2\r\n", "PROXY TCP6 [::1] ::2 1 2\r\n",
        "PROXY TCP4 192.0.2.1 192.0.2.2 01 2\r\n", "PROXY TCP4 192.0.2.1 192.0.2.2 65536 2\r\n",
        "PROXY TCP4 192.0.2.1 192.0.2.2 +1 2\r\n", "PROXY TCP4 192.0.2.1 192.0.2.2 1 \r\n",
        "PROXY UDP4 192.0.2.1 192.0.2.2 1 2\r\n", "PROXY unknown\r\n", "PROXY UNKNOWNX\r\n", "PROXY \r\n",
        "PROXY TCP4 192.0.2.1 192.0.2.2 1 2\n", "PROXY UNKNOWN\n", "PROXY UNKNOWN \r x\r\n", "PROXY UNKNOWN\r\r\n",
        "PROXY TCP4 192.0.2.1 192.0.2.2 1 2\rPROXY",
        "PROXY UNKNOWN " + String(repeating: "x", count: 92) + "\r\n",
        "PROXY UNKNOWN " + String(repeating: "x", count: 200),
    ])
    func refusesAnotherLine(line: String) {
        #expect(throws: ProxyHeaderError.self) { try read(Array(line.utf8)) }
    }

    @Test func aLineMayHave107OctetsAndNoMore() throws {
        let start = "PROXY UNKNOWN "
        let longest = start + String(repeating: "x", count: 105 - start.count) + "\r\n"
        #expect(longest.utf8.count == 107)
        #expect(try read(Array(longest.utf8))?.length == 107)
        #expect(throws: ProxyHeaderError.self) { try read(Array((start + "x" + longest.dropFirst(start.count)).utf8)) }
    }

    @Test(
        arguments: [
            (binary(0x21, 0x11, v4), "192.0.2.1:40000"), (binary(0x21, 0x21, v6), "[2001:db8::1]:40000"),
            // TLVs: NOOP, and one without a value.
            (binary(0x21, 0x11, v4 + [4, 0, 3, 9, 9, 9, 0xEE, 0, 0]), "192.0.2.1:40000"),
            // LOCAL: the proxy's own connection, whatever else the header says.
            (binary(0x20, 0x00, []), nil), (binary(0x20, 0x11, v4), nil), (binary(0x20, 0x11, [1]), nil),
            // Not told, or not as an address on the network: the proxy's own address is what counts.
            (binary(0x21, 0x00, []), nil), (binary(0x21, 0x00, [1, 2, 3]), nil), (binary(0x21, 0x10, v4), nil),
            (binary(0x21, 0x31, [UInt8](repeating: 0x2F, count: 216)), nil), (binary(0x21, 0x12, v4), nil),
            (binary(0x21, 0x32, [UInt8](repeating: 0, count: 216)), nil),
            (binary(0x21, 0x11, v4 + [4, 0x1F, 0xE1] + [UInt8](repeating: 0, count: 8161)), "192.0.2.1:40000"),
        ] as [([UInt8], String?)])
    func readsVersion2(octets: [UInt8], client: String?) throws {
        let header = try #require(try read(octets + [0x30, 0x0C]))
        #expect(header.client?.description == client)
        #expect(header.length == octets.count)
        for count in 0..<octets.count { #expect(try read(Array(octets.prefix(count))) == nil, "\(count)") }
    }

    @Test(arguments: [
        [0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0B], binary(0x11, 0x11, v4), binary(0x31, 0x11, v4),
        binary(0x22, 0x11, v4), binary(0x2F, 0x00, []), binary(0x21, 0x41, v4), binary(0x21, 0x13, v4),
        // Fewer octets than the addresses need.
        binary(0x21, 0x11, Array(v4.dropLast())), binary(0x21, 0x21, v4), binary(0x21, 0x31, v6),
        // TLVs cut short.
        binary(0x21, 0x11, v4 + [4]), binary(0x21, 0x11, v4 + [4, 0]), binary(0x21, 0x11, v4 + [4, 0, 2, 0]),
        // More than 8 KiB: refused as soon as that is said.
        signature + [0x21, 0x11, 0xFF, 0xFF], signature + [0x20, 0x00, 0x1F, 0xF1],
    ])
    func refusesAnotherVersion2(octets: [UInt8]) {
        #expect(throws: ProxyHeaderError.self) { try read(octets) }
    }
}

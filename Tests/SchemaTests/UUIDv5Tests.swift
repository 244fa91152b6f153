import Schema
import Testing

@Suite struct UUIDv5Tests {
    /// RFC 9562 appendix A.4: the DNS name space and "www.example.com".
    @Test func makesTheExampleOfRFC9562AppendixA4() {
        var dns = UUIDv5.oid
        dns[3] = 0x10
        let uuid = UUIDv5(namespace: dns, name: Array("www.example.com".utf8))
        #expect(uuid.description == "2ed6657d-e927-568b-95e1-2665a8aea6a2")
    }

    /// Names around the block size of SHA-1, against Python's uuid.uuid5 with NAMESPACE_X500.
    @Test(arguments: [
        (0, "b4bdf874-8c03-5bd8-8fd7-5e409dfd82c0"), (39, "1d779fbe-e369-5060-ac1f-81577ebe8b60"),
        (40, "b0cb2bb0-c128-58cb-a3e4-7795ce57d6b4"), (47, "e1cb7327-90ba-529b-85f4-c48cabf88070"),
        (48, "de789902-3013-5899-adde-1eac29c8fddb"), (200, "a16cb5fc-154b-54e0-ad09-58ac4fa0e4e1"),
    ]) func padsNamesOfAnyLength(_ count: Int, _ expected: String) {
        let name = [UInt8](repeating: UInt8(ascii: "a"), count: count)
        #expect(UUIDv5(namespace: UUIDv5.x500, name: name).description == expected)
    }
}

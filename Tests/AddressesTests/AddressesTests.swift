import Addresses
import Testing

@Suite struct AddressesTests {
    @Test(arguments: [
        ("192.0.2.1", "192.0.2.1"), ("0.0.0.0", "0.0.0.0"), ("::", "::"), ("::1", "::1"),
        ("2001:DB8::1", "2001:db8::1"), ("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"),
        ("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"), ("fe80::", "fe80::"), ("::ffff:192.0.2.1", "192.0.2.1"),
        ("64:ff9b::192.0.2.33", "64:ff9b::c000:221"), ("1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"),
    ])
    func addressesReadAndWriteBack(_ text: String, _ canonical: String) throws {
        #expect(try #require(IPAddress(text)).description == canonical)
    }

    @Test(arguments: [
        "", "1.2.3", "1.2.3.4.5", "01.2.3.4", "1.2.3.256", "1.2.3.-1", "1.2.3.+4", "::1::", ":::", "1:2:3:4:5:6:7",
        "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7:8::", "12345::", "::g", "::1.2.3", "1.2.3.4::", "[::1]", "fe80::1%eth0",
        "::+1",
    ])
    func whatIsNoAddressIsRefused(_ text: String) {
        #expect(IPAddress(text) == nil)
    }

    @Test(arguments: [
        ("192.0.2.0/24", "192.0.2.255", true), ("192.0.2.0/24", "192.0.3.0", false), ("10.0.0.0/8", "10.255.1.2", true),
        ("0.0.0.0/0", "203.0.113.9", true), ("0.0.0.0/0", "2001:db8::1", false), ("::/0", "2001:db8::1", true),
        ("2001:db8::/32", "2001:db8:ffff::1", true), ("2001:db8::/32", "2001:db9::", false),
        ("2001:db8::8/125", "2001:db8::f", true), ("2001:db8::8/125", "2001:db8::10", false), ("::1", "::1", true),
        ("127.0.0.1", "127.0.0.2", false), ("192.0.2.0/24", "::ffff:192.0.2.7", true),
    ])
    func prefixesContainWhatTheyShould(_ prefix: String, _ address: String, _ isInside: Bool) throws {
        #expect(try #require(IPPrefix(prefix)).contains(#require(IPAddress(address))) == isInside)
    }

    @Test(arguments: ["192.0.2.1/24", "192.0.2.0/33", "::/129", "2001:db8::1/32", "1.2.3.4/", "/8", "1.2.3.0/24/1"])
    func whatIsNoPrefixIsRefused(_ text: String) {
        #expect(IPPrefix(text) == nil)
    }

    @Test func prefixesWriteBack() throws {
        #expect(try #require(IPPrefix("10.0.0.0/8")).description == "10.0.0.0/8")
        #expect(try #require(IPPrefix("2001:db8::/32")).description == "2001:db8::/32")
    }

    @Test func oneIPv6NetworkIsOneClient() throws {
        let one = try #require(IPAddress("2001:db8:1:2:3::4"))
        #expect(try one.client == #require(IPAddress("2001:db8:1:2:ffff::")).client)
        #expect(try #require(IPAddress("192.0.2.1")).client != #require(IPAddress("192.0.2.2")).client)
    }

    @Test func loopbackIsKnown() throws {
        for text in ["127.0.0.1", "127.3.2.1", "::1", "::ffff:127.0.0.1"] {
            #expect(try #require(IPAddress(text)).isLoopback)
        }
        for text in ["128.0.0.1", "::2", "::127.0.0.1"] { #expect(try !#require(IPAddress(text)).isLoopback) }
    }
}

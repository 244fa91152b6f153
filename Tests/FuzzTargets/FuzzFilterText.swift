import BER
import LDAP

/// Reads a filter and a URL; what is accepted reads back from its text, and a filter from its BER too.
func fuzzFilterText(_ input: [UInt8]) throws {
    guard let text = String(validating: input, as: UTF8.self) else { return }
    if let filter = try? Filter(parsing: text) {
        let again = try Filter(parsing: filter.description)
        try demand(again == filter, "a filter reads back from its text")
        var writer = BERWriter(capacity: 256)
        filter.encode(into: &writer)
        let octets = writer.array
        var reader = BERReader(octets.span)
        let decoded = try Filter(decoding: &reader, messageID: 1)
        try demand(decoded == filter, "a filter reads back from its BER")
        try reader.expectEnd()
    }
    if let url = try? LDAPURL(parsing: text) {
        let again = try LDAPURL(parsing: url.description)
        try demand(again == url, "a URL reads back from its text")
    }
}

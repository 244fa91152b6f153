import Schema

/// How a person is named in records: `<subject attribute>=<value>,ou=People`, whatever the service provider makes of it.
public struct SubjectName: Hashable, Sendable, CustomStringConvertible {
    /// Octets of the longest value.
    public static let maximumLength = 1024

    /// The attribute that names people.
    public let attribute: String
    /// Its value.
    public let value: [UInt8]

    /// A name.
    public init(attribute: String, value: [UInt8]) {
        self.attribute = attribute
        self.value = value
    }

    /// Reads a name; nil where it is not of that form.
    public init?(_ name: [UInt8]) {
        guard let rdns = DistinguishedName.rdns(of: name), rdns.count == 2, let person = rdns[0].assertions.first,
            rdns[0].assertions.count == 1,
            let branch = rdns[1].assertions.first, rdns[1].assertions.count == 1,
            ["ou", "organizationalunitname", "2.5.4.11"].contains(branch.type.lowercased()),
            String(decoding: branch.value, as: UTF8.self).lowercased() == "people",
            !person.value.isEmpty, person.value.count <= Self.maximumLength
        else { return nil }
        attribute = person.type
        value = person.value
    }

    /// The name in the form of RFC 4514.
    public var description: String {
        RelativeDistinguishedName([.init(type: attribute, value: value)]).description + ",ou=People"
    }

    /// The octets of `description`.
    public var octets: [UInt8] { Array(description.utf8) }
}

public import CommonInterface

/// A person as the registry knows it.
///
/// Attributes stand in the order of their lower-cased names, values in the order of their octets, each once: two records
/// say the same exactly when their encodings are equal.
public struct IdentityRecord: Hashable, Sendable {
    /// The value of the registry's subject attribute: who it is.
    public let subject: [UInt8]
    /// What is known, the subject attribute included.
    public let attributes: [IdentityAttribute]

    /// A record of attributes in any order; those of one name, whatever its case, are joined.
    public init(subject: [UInt8], attributes: [IdentityAttribute]) {
        self.subject = subject
        var joined: [(key: String, attribute: IdentityAttribute)] = []
        for (key, attribute) in attributes.map({ ($0.name.lowercased(), $0) }).sorted(by: { $0.0 < $1.0 }) {
            if joined.last?.key == key {
                joined[joined.count - 1].attribute.values += attribute.values
            } else {
                joined.append((key, attribute))
            }
        }
        self.attributes = joined.compactMap { _, attribute in
            let values = Self.sorted(attribute.values)
            return values.isEmpty ? nil : IdentityAttribute(attribute.name, values)
        }
    }

    private init(decoded subject: [UInt8], _ attributes: [IdentityAttribute]) {
        self.subject = subject
        self.attributes = attributes
    }

    /// The values of an attribute by its exact name; none where it is absent.
    public func values(of name: String) -> [[UInt8]] {
        attributes.first { $0.name == name }?.values ?? []
    }

    private static func sorted(_ values: [[UInt8]]) -> [[UInt8]] {
        guard values.count > 1 else { return values }
        var unique: [[UInt8]] = []
        for value in values.sorted(by: { $0.lexicographicallyPrecedes($1) }) where value != unique.last {
            unique.append(value)
        }
        return unique
    }
}

extension IdentityRecord {
    /// The record in octets:
    ///
    ///     record = text count *attribute      attribute = text count *text      text = length octets
    ///
    /// with the subject first, and counts and lengths as LEB128.
    public var encoded: [UInt8] {
        var writer = OctetWriter()
        writer.text(subject)
        writer.number(attributes.count)
        for attribute in attributes {
            writer.text(attribute.name.utf8)
            writer.number(attribute.values.count)
            for value in attribute.values { writer.text(value) }
        }
        return writer.octets
    }

    /// Reads what `encoded` wrote; nil where it is anything else.
    public init?(encoded octets: Span<UInt8>) {
        var reader = OctetReader(octets)
        guard let record = IdentityRecord(&reader), reader.isAtEnd else { return nil }
        self = record
    }

    private init?(_ reader: inout OctetReader) {
        guard let subject = reader.text(), let count = reader.count() else { return nil }
        var attributes: [IdentityAttribute] = []
        attributes.reserveCapacity(count)
        for _ in 0..<count {
            guard let name = reader.text(), let valueCount = reader.count() else { return nil }
            var values: [[UInt8]] = []
            values.reserveCapacity(valueCount)
            for _ in 0..<valueCount {
                guard let value = reader.text() else { return nil }
                values.append(value)
            }
            attributes.append(IdentityAttribute(String(decoding: name, as: UTF8.self), values))
        }
        self.init(decoded: subject, attributes)
    }
}

/// An attribute and its values, as records carry them.
public struct IdentityAttribute: Hashable, Sendable {
    /// The attribute description: a name or an OID, with options.
    public var name: String
    /// The values' octets; none where the attribute is absent.
    public var values: [[UInt8]]

    /// An attribute.
    public init(_ name: String, _ values: [[UInt8]]) {
        self.name = name
        self.values = values
    }

    /// An attribute with values of text.
    public init(_ name: String, text: String...) {
        self.init(name, text.map { Array($0.utf8) })
    }
}

/// Attributes collected from lines, each once, in the order they first came.
struct AttributeCollector {
    /// What stands in a record that has no attributes. It says nothing of a person, so that nothing is lost with it.
    static let fillerName = "objectClass"
    static let fillerValue = Array("top".utf8)

    private(set) var attributes: [IdentityAttribute] = []
    private var places: [String: Int] = [:]

    mutating func add(_ name: String, _ value: [UInt8]?) {
        let key = name.lowercased()
        let place = places[key] ?? attributes.count
        if place == attributes.count {
            places[key] = place
            attributes.append(IdentityAttribute(name, []))
        }
        if let value { attributes[place].values.append(value) }
    }

    var count: Int { attributes.count }

    /// The attributes without what only fills a record.
    var withoutFiller: [IdentityAttribute] {
        attributes.filter { $0.name.lowercased() != "objectclass" || $0.values != [Self.fillerValue] }
    }
}

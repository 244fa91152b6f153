/// The fields of a message in their order, found without regard to the case of their names (RFC 9110 section 5).
public struct HTTPFields: Sendable, Hashable, ExpressibleByDictionaryLiteral {
    /// One field line.
    public struct Field: Sendable, Hashable {
        /// A token.
        public var name: String
        /// Without blanks at its ends; octets above 127 as characters of the same number.
        public var value: String
    }

    /// The field lines.
    public private(set) var list: [Field] = []

    /// No fields.
    public init() {}

    /// The fields given.
    public init(dictionaryLiteral elements: (String, String)...) {
        list = elements.map { Field(name: $0.0, value: $0.1) }
    }

    /// Adds a line.
    public mutating func append(_ name: String, _ value: String) { list.append(Field(name: name, value: value)) }

    /// Has one line of that name and no other; nil takes all of them away.
    public mutating func set(_ name: String, _ value: String?) {
        list.removeAll { $0.name.isEqualIgnoringCase(name) }
        if let value { append(name, value) }
    }

    /// The value of every line of that name.
    public func values(_ name: String) -> [String] {
        list.compactMap { $0.name.isEqualIgnoringCase(name) ? $0.value : nil }
    }

    /// The value of the one line of that name; of several, what they mean together (RFC 9110 section 5.3); nil without one.
    public subscript(name: String) -> String? {
        let found = values(name)
        return found.isEmpty ? nil : found.joined(separator: ", ")
    }

    /// Whether there is a line of that name.
    public func contains(_ name: String) -> Bool { list.contains { $0.name.isEqualIgnoringCase(name) } }

    /// The elements of a field that is a list of tokens, in lower case (RFC 9110 section 5.6.1).
    func tokens(_ name: String) -> [String] {
        values(name).flatMap { $0.split(separator: ",") }.compactMap { element in
            let trimmed = Array(element.utf8)[...].withoutOuterBlanks
            return trimmed.isEmpty ? nil : String(octetByOctet: trimmed.map(\.lowercasedASCII))
        }
    }
}

/// Writes the definitions of RFC 4512 section 4.1, keywords in the order of its grammar.
struct DefinitionWriter {
    private(set) var text: String

    init(oid: String) { text = "( " + oid }

    mutating func names(_ names: [String]) {
        guard !names.isEmpty else { return }
        text += " NAME " + Self.quoted(names)
    }

    mutating func quoted(_ keyword: String, _ value: String) {
        guard !value.isEmpty else { return }
        text += " \(keyword) " + Self.quoted(value)
    }

    mutating func word(_ keyword: String, _ value: String?) {
        guard let value else { return }
        text += " \(keyword) \(value)"
    }

    mutating func flag(_ keyword: String, _ isSet: Bool) {
        if isSet { text += " " + keyword }
    }

    mutating func list(_ keyword: String, _ values: [String]) {
        switch values.count {
        case 0: return
        case 1: text += " \(keyword) \(values[0])"
        default: text += " \(keyword) ( " + values.joined(separator: " $ ") + " )"
        }
    }

    mutating func extensions(_ extensions: [SchemaExtension]) {
        for one in extensions { text += " \(one.name) " + Self.quoted(one.values) }
    }

    func finished() -> String { text + " )" }

    private static func quoted(_ values: [String]) -> String {
        values.count == 1 ? quoted(values[0]) : "( " + values.map(quoted).joined(separator: " ") + " )"
    }

    private static func quoted(_ value: String) -> String {
        var octets: [UInt8] = [ASCII.quote]
        for octet in value.utf8 {
            switch octet {
            case ASCII.quote: octets.append(contentsOf: Array("\\27".utf8))
            case ASCII.backslash: octets.append(contentsOf: Array("\\5C".utf8))
            default: octets.append(octet)
            }
        }
        octets.append(ASCII.quote)
        return String(decoding: octets, as: UTF8.self)
    }
}

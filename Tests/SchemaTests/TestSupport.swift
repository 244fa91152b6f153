@testable import Schema

let builtIn = Schema.builtIn

/// The key of a value under a rule.
func key(_ rule: String, _ value: String, in schema: Schema = builtIn) throws -> [UInt8] {
    try key(rule, Array(value.utf8), in: schema)
}

func key(_ rule: String, _ value: [UInt8], in schema: Schema = builtIn) throws -> [UInt8] {
    guard let rule = schema.matchingRule(rule) else { throw MissingRule() }
    var key: [UInt8] = []
    try rule.appendKey(of: value.span, in: schema, to: &key)
    return key
}

func substringKey(_ rule: String, _ part: String, _ position: MatchingRule.SubstringPosition) throws -> [UInt8] {
    guard let rule = builtIn.matchingRule(rule) else { throw MissingRule() }
    var key: [UInt8] = []
    try rule.appendSubstringKey(of: Array(part.utf8).span, position: position, to: &key)
    return key
}

func text(_ octets: [UInt8]) -> String { String(decoding: octets, as: UTF8.self) }

func dnKey(_ text: String, in schema: Schema = builtIn) throws -> [UInt8] {
    var key: [UInt8] = []
    try schema.appendDNKey(of: Array(text.utf8).span, to: &key)
    return key
}

struct MissingRule: Error {}

// `#expect` takes no spans; these take arrays.

func isWithin(_ key: [UInt8], _ base: [UInt8]) -> Bool { DITKey.isWithin(key.span, subtreeOf: base.span) }

func parent(_ key: [UInt8]) -> Int { DITKey.parent(of: key.span) }

func depth(_ key: [UInt8]) -> Int { DITKey.depth(of: key.span) }

func numberOfKey(_ key: [UInt8]) -> Int64? { IntegerKey.number(ofKey: key.span) }

func validate(_ value: String, _ syntax: Syntax, in schema: Schema = builtIn) throws {
    try syntax.validate(Array(value.utf8).span, in: schema)
}

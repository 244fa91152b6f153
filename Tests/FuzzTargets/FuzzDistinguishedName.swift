import Schema

/// Reads a name; what is accepted has one key, whichever way it is made, and reads back from RFC 4514's form.
func fuzzDistinguishedName(_ input: [UInt8]) throws {
    let schema = Schema.builtIn
    let prefix: [UInt8] = [1, 2, 3]
    var key = prefix
    let isName = (try? schema.appendDNKey(of: input.span, to: &key)) != nil
    if !isName { try demand(key == prefix, "a refused name leaves the key as it was") }
    guard let name = try? DistinguishedName(parsing: input.span, schema: schema) else { return }
    try demand(isName && Array(key.dropFirst(prefix.count)) == name.key, "a name has one key")
    let again = try DistinguishedName(parsing: name.description, schema: schema)
    try demand(again == name, "a name reads back from its description")
    try demand(name.rdns.count == name.depth, "a name is as deep as it has RDNs")
    var ancestor = name.parent
    var depth = name.depth
    while let current = ancestor {
        depth -= 1
        try demand(current.depth == depth, "a parent is one level up")
        let parsed = try DistinguishedName(parsing: current.text, schema: schema)
        try demand(parsed == current, "a parent's text is the parent's name")
        try demand(DITKey.isWithin(name.key.span, subtreeOf: current.key.span), "a name is within its ancestors")
        ancestor = current.parent
    }
    try demand(depth == 0, "ancestors end at the root")
}

import AttributeIndex
import LDAP
import Schema
import RandomTesting

/// Makes small directories and filters over them, in which values repeat and much matches by chance.
struct RandomDirectory {
    var generator: SeededRandom
    private(set) var names = ["dc=example,dc=edu", "ou=People,dc=example,dc=edu"]

    init(seed: UInt64) { generator = SeededRandom(seed: seed) }

    mutating func pick<T>(_ values: [T]) -> T { values[Int.random(in: 0..<values.count, using: &generator)] }

    mutating func chance(_ one: Int) -> Bool { Int.random(in: 0..<one, using: &generator) == 0 }

    mutating func word() -> String {
        (0..<Int.random(in: 1...3, using: &generator)).map { _ in pick(["ab", "an", "Bo", "é", "ß", "x ", "日本"]) }
            .joined().trimmingSpaces
    }

    /// LDIF of a directory of `count` entries below the suffix.
    mutating func text(_ count: Int) -> String {
        var text = """
            dn: dc=example,dc=edu
            objectClass: domain
            dc: example

            dn: ou=People,dc=example,dc=edu
            objectClass: organizationalUnit
            ou: People


            """
        for number in 0..<count { text += entry(number) + "\n" }
        return text
    }

    /// LDIF of one more entry.
    mutating func entry(_ number: Int) -> String {
        let dn = "uid=u\(number),\(pick(names))"
        names.append(dn)
        return entry(named: dn, number)
    }

    /// LDIF of an entry with a given name and number.
    mutating func entry(named dn: String, _ number: Int) -> String {
        var lines = ["dn: " + dn, "uid: u\(number)"]
        lines += pick([["person"], ["inetOrgPerson"], ["account", "posixAccount"], ["groupOfNames"]]).map {
            "objectClass: " + $0
        }
        for _ in 0..<Int.random(in: 1...3, using: &generator) { lines.append("cn: \(word())\(number % 4)") }
        if chance(2) { lines.append("sn: " + word()) }
        if chance(3) { lines.append("cn;lang-fr: " + word()) }
        if chance(2) { lines.append("uidNumber: \(Int.random(in: -3...30, using: &generator))") }
        if chance(3) { lines.append("telephoneNumber: +1 2\(number % 10) 3\(number % 3)") }
        if chance(3) { lines.append("member: " + pick(names)) }
        if chance(6) { lines.append("uniqueMember: " + pick(names)) }
        if chance(3) { lines.append("employeeNumber: \(number % 20)") }
        if chance(5) { lines.append("jpegPhoto: \(word())") }
        if chance(4) { lines.append("userPassword: secret") }
        lines.append("createTimestamp: 2024010\(number % 9 + 1)000000Z")
        lines = lines.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
        return lines.joined(separator: "\n") + "\n"
    }

    /// A filter of up to `depth` levels.
    mutating func filter(_ depth: Int = 3) -> Filter {
        if depth > 0, !chance(3) {
            let parts = (0..<Int.random(in: 0...4, using: &generator)).map { _ in filter(depth - 1) }
            switch Int.random(in: 0..<5, using: &generator) {
            case 0, 1: return .and(parts)
            case 2, 3: return .or(parts)
            default: return .not(filter(depth - 1))
            }
        }
        return item()
    }

    private mutating func item() -> Filter {
        let name = pick([
            "cn", "sn", "name", "uid", "uidNumber", "cn;lang-fr", "telephoneNumber", "objectClass", "member",
            "employeeNumber", "createTimestamp", "memberOf", "hasSubordinates", "numSubordinates", "entryDN",
            "subschemaSubentry", "userPassword", "jpegPhoto", "noSuchAttribute", "2.5.4.3", "uniqueMember",
        ])
        let value = Array(value(for: name).utf8)
        switch Int.random(in: 0..<12, using: &generator) {
        case 0, 1, 2: return .equality(name, value)
        case 3, 4, 5, 6: return .substrings(name, substrings(String(decoding: value, as: UTF8.self)))
        case 7: return .greaterOrEqual(name, value)
        case 8: return .lessOrEqual(name, value)
        case 9: return .present(name)
        case 10: return .approximate(name, value)
        default: return extensible(name, value)
        }
    }

    private mutating func extensible(_ name: String, _ value: [UInt8]) -> Filter {
        let rule = pick([
            nil, nil, "caseExactMatch", "caseIgnoreMatch", "integerMatch", "integerOrderingMatch",
            "caseIgnoreOrderingMatch", "distinguishedNameMatch", "dnSubtreeMatch", "1.2.840.113556.1.4.803",
            "caseIgnoreSubstringsMatch", "noSuchMatch",
        ])
        let attribute = rule == nil || !chance(4) ? name : nil
        return .extensible(
            Filter.MatchingRuleAssertion(
                rule: rule, attribute: attribute, value: value, dnAttributes: chance(3)))
    }

    private mutating func value(for name: String) -> String {
        switch name {
        case "objectClass": pick(["person", "top", "inetOrgPerson", "posixAccount", "noSuchClass", "2.5.6.6", "9.9"])
        case "uidNumber", "employeeNumber", "numSubordinates":
            pick(["\(Int.random(in: -3...30, using: &generator))", "x"])
        case "uid": "u\(Int.random(in: 0..<60, using: &generator))"
        case "member", "memberOf", "entryDN", "uniqueMember": pick([pick(names), "no dn"])
        case "createTimestamp": pick(["20240103000000Z", "2024010300Z", "today"])
        case "hasSubordinates": pick(["TRUE", "FALSE", "maybe"])
        case "telephoneNumber":
            "+12\(Int.random(in: 0..<10, using: &generator))3\(Int.random(in: 0..<3, using: &generator))"
        case "subschemaSubentry": pick(["cn=Subschema", "cn=other"])
        default: pick([word(), word() + "\(Int.random(in: 0..<4, using: &generator))"])
        }
    }

    private mutating func substrings(_ value: String) -> Filter.Substrings {
        let letters = Array(value)
        var parts = Filter.Substrings()
        var start = 0
        while start < letters.count {
            let end = min(letters.count, start + Int.random(in: 1...4, using: &generator))
            let part = Array(String(letters[start..<end]).utf8)
            switch Int.random(in: 0..<5, using: &generator) {
            case 0 where start == 0: parts.initial = part
            case 1 where end == letters.count: parts.final = part
            case 2: break
            default: parts.any.append(part)
            }
            start = end
        }
        if parts.initial == nil, parts.any.isEmpty, parts.final == nil { parts.any = [Array("a".utf8)] }
        return parts
    }
}

extension String {
    fileprivate var trimmingSpaces: String {
        let trimmed = drop { $0 == " " }
        guard let last = trimmed.lastIndex(where: { $0 != " " }) else { return "ab" }
        return String(trimmed[...last])
    }
}

import RandomTesting
import Testing

@testable import Schema

@Suite struct DITKeyTests {
    @Test func keysReadFromTheSuffixDown() throws {
        #expect(try dnKey("uid=Babs,ou=People,DC=example") == Array("dc=example\0ou=people\0uid=babs".utf8))
        #expect(try dnKey("sn=b+cn=a,dc=x") == Array("dc=x\0cn=a\u{1}sn=b".utf8))
    }

    @Test func octetsThatSeparateAreEscapedInValues() throws {
        #expect(
            try dnKey(#"userPassword=\00\01\02\03,dc=x"#) == Array("dc=x\0userpassword=".utf8) + [
                2, 16, 2, 17, 2, 18, 3,
            ])
        #expect(try dnKey(#"userPassword=\00,dc=x"#) != dnKey(#"userPassword=\02\10,dc=x"#))
    }

    @Test func arithmetic() throws {
        let key = try dnKey("uid=a,ou=b,dc=c")
        #expect(depth(key) == 3)
        #expect(parent(key) == (try dnKey("ou=b,dc=c")).count)
        #expect(parent(try dnKey("dc=c")) == 0)
        #expect(parent([]) == -1)
        #expect(try isWithin(key, dnKey("dc=c")))
        #expect(isWithin(key, key))
        #expect(isWithin(key, []))
        #expect(try !isWithin(dnKey("dc=cd"), dnKey("dc=c")))
        #expect(try !isWithin(dnKey("dc=c"), key))
    }

    /// A model name: types and values as the text's author thought of them, already normalised.
    private struct Model {
        var rdns: [[(type: String, value: [UInt8])]]

        static func random(using generator: inout SeededRandom) -> Model {
            let alphabet: [UInt8] = [0, 1, 2, 3, 0x12, 0x2B, 0x2C, 0x3D, 0x5C, 0x61, 0x62]
            let types = ["homeDirectory", "sn", "userPassword"]
            let rdns = (0..<Int.random(in: 1...4, using: &generator)).map { _ in
                types.shuffled(using: &generator).prefix(Int.random(in: 1...2, using: &generator)).map { type in
                    // Only octet strings hold every octet as it is; the others get letters.
                    let letters: [UInt8] = type == "userPassword" ? alphabet : [0x61, 0x62]
                    let count = Int.random(in: 1...3, using: &generator)
                    return (type, (0..<count).map { _ in letters.randomElement(using: &generator) ?? 0x61 })
                }
            }
            return Model(rdns: rdns)
        }

        /// Sorted parts, from the suffix down: what two texts of one name have in common.
        var identity: [[String]] {
            rdns.reversed().map { $0.map { "\($0.type)=\($0.value)" }.sorted() }
        }

        func text(using generator: inout SeededRandom) -> String {
            rdns.map { rdn in
                rdn.shuffled(using: &generator).map { part in
                    let type = Bool.random(using: &generator) ? part.type : part.type.uppercased()
                    let gap = Bool.random(using: &generator) ? " " : ""
                    let escapesAll = Bool.random(using: &generator)
                    let value = part.value.map { octet in
                        escapesAll ? "\\" + hex(octet) : DNWriter.escaped([octet])
                    }
                    return type + gap + "=" + gap + value.joined()
                }.joined(separator: "+")
            }.joined(separator: Bool.random(using: &generator) ? "," : " , ")
        }

        private func hex(_ octet: UInt8) -> String {
            String(octet >> 4, radix: 16) + String(octet & 15, radix: 16)
        }
    }

    @Test func keysAreEqualIffNamesAreAndSubtreesAreContiguous() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var generator = SeededRandom(seed: seed)
        let models = (0..<300).map { _ in Model.random(using: &generator) }
        var keys: [(key: [UInt8], identity: [[String]])] = []
        for model in models {
            let first = try dnKey(model.text(using: &generator))
            let second = try dnKey(model.text(using: &generator))
            #expect(first == second, "seed \(seed): two texts of one name")
            #expect(depth(first) == model.rdns.count, "seed \(seed)")
            keys.append((first, model.identity))
        }
        for left in keys.prefix(60) {
            for right in keys where (left.key == right.key) != (left.identity == right.identity) {
                Issue.record("seed \(seed): keys and names disagree: \(left.identity) \(right.identity)")
            }
        }
        keys.sort { $0.key.lexicographicallyPrecedes($1.key) }
        for base in keys.prefix(100) {
            let inside = keys.map { $0.identity.starts(with: base.identity) }
            let byKey = keys.map { isWithin($0.key, base.key) }
            #expect(inside == byKey, "seed \(seed)")
            let first = inside.firstIndex(of: true) ?? 0
            let last = inside.lastIndex(of: true) ?? 0
            #expect(inside[first...last].allSatisfy { $0 }, "seed \(seed): the subtree is one range")
        }
    }
}

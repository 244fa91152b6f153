import LDIF
import Provisioning
import Schema
import Testing

/// Imports of more than one chunk: what several threads read is what one would have read.
@Suite struct ImportWorkTests {
    private static let suffix = "dn: dc=example,dc=edu\nobjectClass: domain\ndc: example\n\n"
    private static let filler = String(repeating: "x", count: 400)
    private static let entryLines = 5

    private func person(_ number: Int, _ more: String = "") -> String {
        "dn: uid=p\(number),dc=example,dc=edu\nobjectClass: account\nuid: p\(number)\n"
            + "description: \(Self.filler) \(number)\n\(more)\n"
    }

    /// About four chunks. - Parameter changed: records to put in the place of others.
    private func text(_ changed: [Int: String] = [:]) -> String {
        #expect(Self.filler.utf8.count * 8000 > 3 * LDIFChunks.length)
        return Self.suffix + (0..<8000).map { changed[$0] ?? person($0) }.joined()
    }

    private func line(_ number: Int) -> Int { 5 + Self.entryLines * number }

    @Test func readsEverything() throws {
        let imported = try Imported(text())
        #expect(imported.entryCount == 8002)
        #expect(imported.suffix == "dc=example,dc=edu")
        #expect(imported.warnings.isEmpty)
        for number in [0, 1, 2000, 4000, 6001, 7999] {
            let description = try imported.values("uid=p\(number),dc=example,dc=edu", "description")
            #expect(description == ["\(Self.filler) \(number)"])
        }
    }

    @Test func ofSeveralMistakesTheFirstIsTold() throws {
        let wrong = "dn: uid=w,dc=example,dc=edu\nobjectClass: account\nuid: other\n\n\n"
        for places in [[100, 7900], [4000, 5000], [7000, 3000, 7999], [2500, 2501]] {
            let changed = Dictionary(uniqueKeysWithValues: places.map { ($0, wrong) })
            let error = try #require(throws: ProvisioningError.self) { try Imported(text(changed)) }
            #expect(error.code == .namingValue)
            #expect(error.line == line(places.min() ?? 0))
        }
    }

    @Test func aNameGivenTwiceIsTold() throws {
        for (first, second) in [(10, 7990), (10, 20), (3000, 6000), (7000, 7001)] {
            let error = try #require(throws: ProvisioningError.self) {
                try Imported(text([second: person(first)]))
            }
            #expect(error.code == .duplicateEntry)
            #expect(error.line == line(second))
            #expect(error.reason.hasSuffix(":\(line(first))"))
        }
    }

    @Test func ofANameGivenTwiceAndAMistakeTheFirstIsTold() throws {
        let wrong = "dn: uid=p1,dc=example,dc=edu\nobjectClass: account\nuid: other\n\n\n"
        let twice = try #require(throws: ProvisioningError.self) {
            try Imported(text([4000: person(3000), 7000: wrong]))
        }
        #expect(twice.code == .duplicateEntry && twice.line == line(4000))
        let mistake = try #require(throws: ProvisioningError.self) {
            try Imported(text([4000: wrong, 7000: person(3000)]))
        }
        #expect(mistake.code == .namingValue && mistake.line == line(4000))
        let malformed = try #require(throws: ProvisioningError.self) {
            try Imported(text([4000: "nonsense\n\n\n\n\n", 7000: person(3000)]))
        }
        #expect(malformed.code == .ldif(.recordStart) && malformed.line == line(4000))
    }

    @Test func warningsAreInTheOrderOfTheFile() throws {
        let odd = { (number: Int) in self.person(number, "sn: a\ndepartment\(number): b\n") }
        let imported = try Imported(text([100: odd(100), 3000: odd(3000), 7900: odd(7900)]))
        #expect(imported.warnings.map(\.kind) == [.unknownAttributeTypes, .attributeNotAllowed])
        #expect(imported.warnings.map(\.count) == [3, 3])
        #expect(imported.warnings[0].names == ["department100", "department3000", "department7900"])
        #expect(imported.warnings[1].first?.line == line(100))
    }

    @Test func severalFilesAreOneDirectory() throws {
        let whole = text()
        let middle = whole.utf8.count / 2
        let cut = try #require(whole.range(of: "\n\n", after: middle))
        let halves = [String(whole[..<cut.upperBound]), String(whole[cut.upperBound...])]
        let expected = try Imported(whole).export
        #expect(try Imported(halves).export == expected)
        #expect(try Imported(Array(halves.reversed())).export == expected)
    }
}

extension String {
    fileprivate func range(of text: String, after offset: Int) -> Range<String.Index>? {
        var start = utf8.index(startIndex, offsetBy: offset)
        while start < endIndex {
            let end = utf8.index(start, offsetBy: text.utf8.count, limitedBy: endIndex) ?? endIndex
            if self[start..<end] == text { return start..<end }
            start = utf8.index(after: start)
        }
        return nil
    }
}

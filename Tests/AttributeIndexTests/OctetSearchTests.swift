import RandomTesting
import Testing

@testable import AttributeIndex

/// Eight places at a time must find what one at a time finds.
@Suite struct OctetSearchTests {
    private func naive(_ octets: [UInt8], _ needle: [UInt8], _ start: Int) -> Int? {
        guard start <= octets.count else { return nil }
        for place in start...octets.count where octets[place...].starts(with: needle) { return place }
        return nil
    }

    @Test func findsTheFirstPlaceOfEveryNeedle() {
        let seed = UInt64.random(in: 0...99_999)
        var generator = SeededRandom(seed: seed)
        // Few letters, and those that differ in one bit or by a borrow, so that nearly everything nearly fits.
        let letters: [UInt8] = [0, 1, 0x60, 0x61, 0x80, 0x81, 0xFF]
        for _ in 0..<20_000 {
            let alphabet = letters.shuffled(using: &generator).prefix(.random(in: 1...3, using: &generator))
            let octets = (0..<Int.random(in: 0...40, using: &generator)).map { _ in
                alphabet.randomElement(using: &generator) ?? 0
            }
            let needle = (0..<Int.random(in: 0...6, using: &generator)).map { _ in
                alphabet.randomElement(using: &generator) ?? 0
            }
            let start = Int.random(in: 0...octets.count + 2, using: &generator)
            let found = octets.span.firstIndex(of: needle.span, from: start)
            #expect(found == naive(octets, needle, start), "seed \(seed): \(needle) in \(octets) from \(start)")
        }
    }

    @Test func findsANeedleAtEveryPlaceOfALongText() {
        let needle = Array("xay".utf8)
        for place in 0..<100 {
            var octets = [UInt8](repeating: UInt8(ascii: "x"), count: 103)
            octets.replaceSubrange(place..<place + 3, with: needle)
            #expect(octets.span.firstIndex(of: needle.span, from: 0) == place)
            #expect(octets.span.firstIndex(of: needle.span, from: place + 1) == nil)
        }
    }
}

import Testing

@testable import Transport

@Suite struct WipeTests {
    @Test func appendsAndRemovesAsArraysDo() {
        var random = SystemRandomNumberGenerator()
        var (octets, model): ([UInt8], [UInt8]) = ([], [])
        for _ in 0..<2000 {
            let more = (0..<Int.random(in: 0...300, using: &random)).map { UInt8(truncatingIfNeeded: $0) }
            octets.append(wiping: more.span)
            model += more
            #expect(octets == model)
            let gone = Int.random(in: 0...model.count, using: &random)
            octets.removeFirst(wiping: gone)
            model.removeFirst(gone)
            #expect(octets == model)
        }
        octets.wipe()
        #expect(octets.isEmpty && octets.capacity == 0)
    }

    /// The octets are looked at where they were: in an array with room, whose storage is still there.
    @Test func leavesNothingBehind() {
        var octets = [UInt8](repeating: 0x5A, count: 100)
        octets.reserveCapacity(200)
        octets.removeFirst(wiping: 60)
        let isWiped = unsafe octets.withUnsafeBufferPointer { buffer in
            (40..<100).allSatisfy { unsafe (buffer.baseAddress! + $0).pointee == 0 }
        }
        #expect(isWiped)
        #expect(octets == [UInt8](repeating: 0x5A, count: 40))
    }
}

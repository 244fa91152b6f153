import Testing

@testable import Storage

struct CRC32CTests {
    /// RFC 3720 appendix B.4, and the check value of the CRC catalogues.
    static let vectors: [(bytes: [UInt8], crc: UInt32)] = [
        ([], 0),
        ([UInt8](repeating: 0, count: 32), 0x8A91_36AA),
        ([UInt8](repeating: 0xFF, count: 32), 0x62A8_AB43),
        ([UInt8](0..<32), 0x46DD_794E),
        ((0..<32).reversed().map { UInt8($0) }, 0x113F_DB5C),
        (Array("123456789".utf8), 0xE306_9283),
    ]

    @Test(arguments: vectors.indices) func computesTheChecksumsOfRFC3720(_ index: Int) {
        let (bytes, crc) = CRC32CTests.vectors[index]
        #expect(CRC32C.checksum(bytes.span) == crc)
        #expect(~CRC32C.byTable(~0, bytes.span) == crc)
    }

    @Test func agreesWithTheTableAtEveryLengthAndSplit() {
        let bytes = (0..<300).map { UInt8(truncatingIfNeeded: $0 &* 167 &+ 13) }
        for count in 0...bytes.count {
            let span = bytes.span.extracting(0..<count)
            var crc = CRC32C()
            crc.update(span.extracting(0..<count / 3))
            crc.update(span.extracting(count / 3..<count))
            #expect(crc.value == CRC32C.checksum(span))
            #expect(crc.value == ~CRC32C.byTable(~0, span))
        }
    }
}

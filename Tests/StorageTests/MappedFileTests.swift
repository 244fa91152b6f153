import Storage
import StorageTesting
import Testing

struct MappedFileTests {
    let directory: TemporaryDirectory
    let files = DiskFileSystem()

    init() throws { directory = try TemporaryDirectory() }

    static func pattern(_ count: Int) -> [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) } }

    func write(_ bytes: [UInt8], _ name: String = "f") throws -> String {
        let path = "\(directory.path)/\(name)"
        let file = try files.open(path, .create)
        try file.write(bytes.span, at: 0)
        return path
    }

    @Test(arguments: [0, 1, 4096, 65_536, 200_001]) func mapsTheWholeFile(_ count: Int) throws {
        let bytes = MappedFileTests.pattern(count)
        let mapped = try files.map(write(bytes))
        #expect(mapped.count == count)
        let span = mapped.uncheckedBytes
        #expect(bytes.indices.allSatisfy { span[$0] == bytes[$0] })
    }

    @Test func refusesRangesOutsideTheMapping() throws {
        let mapped = try MappedFile(copying: [1, 2, 3].span, name: "memory")
        for range in [-1..<1, 0..<4, 3..<4, 4..<4, Int.min..<0, 0..<Int.max] {
            #expect(throws: StorageError(.outOfBounds, path: "", "")) { try mapped.verify(range) }
        }
        #expect(try mapped.bytes(3..<3).count == 0)
        #expect(try mapped.bytes(1..<3)[1] == 3)
    }

    @Test(arguments: [1, 65_535, 65_536, 65_537, 200_000]) func findsEveryDamagedBlock(_ count: Int) throws {
        let bytes = MappedFileTests.pattern(count)
        let table = MappedFile.checksumTable(of: bytes.span)
        for block in 0..<MappedFile.blockCount(count) {
            var damaged = bytes
            let position = min(block * MappedFile.blockSize + 77, count - 1)
            damaged[position] ^= 4
            let mapped = try files.map(write(damaged)).withChecksums(table.span, covering: count)
            #expect(throws: StorageError(.damaged, path: "", "")) { try mapped.verify(position..<position + 1) }
            #expect(throws: StorageError(.damaged, path: "", "")) { try mapped.verifyAll() }
            #expect(mapped.damagedBlocks().map { $0.contains(position) } == [true])
            let others = (0..<count).first { $0 / MappedFile.blockSize != position / MappedFile.blockSize }
            if let other = others { #expect(try mapped.bytes(other..<other + 1)[0] == bytes[other]) }
        }
    }

    @Test func saysWhichFileBlockAndSectionIsDamaged() throws {
        let bytes = MappedFileTests.pattern(100_000)
        var table = MappedFile.checksumTable(of: bytes.span)
        table[5] ^= 1
        let mapped = try MappedFile(copying: bytes.span, name: "0001.segment").withChecksums(
            table.span, covering: 100_000)
        let error = try #require(throws: StorageError.self) { try mapped.verify(70_000..<70_001, section: "entries") }
        #expect(
            error.description
                == "0001.segment is damaged: entries, octet 65536: the checksum of block 1 (34464 octets) is wrong")
    }

    @Test func refusesAChecksumTableOfTheWrongLength() throws {
        let mapped = try MappedFile(copying: MappedFileTests.pattern(70_000).span, name: "memory")
        for (entries, covered) in [(1, 70_000), (3, 70_000), (2, 70_001), (1, -1)] {
            let table = [UInt8](repeating: 0, count: 4 * entries)
            #expect(throws: StorageError.self) { try mapped.withChecksums(table.span, covering: covered) }
        }
    }

    @Test func staysReadableWhenTheFileIsRemoved() throws {
        let path = try write([7, 8, 9])
        let mapped = try files.map(path)
        try files.remove(path)
        #expect(try mapped.bytes(0..<3)[2] == 9)
    }

    @Test func growsAndSealsMemoryWithoutLosingAnOctet() throws {
        var buffer = try MemoryBuffer(capacity: 10)
        let bytes = MappedFileTests.pattern(300_000)
        for start in stride(from: 0, to: bytes.count, by: 7_000) {
            try buffer.append(bytes.span.extracting(start..<min(start + 7_000, bytes.count)))
        }
        #expect(buffer.count == 300_000)
        let sealed = try buffer.seal(name: "memory")
        let span = try sealed.bytes(0..<sealed.count)
        #expect(bytes.indices.allSatisfy { span[$0] == bytes[$0] })
    }
}

import Storage
import StorageTesting
import Testing

struct BusErrorTests {
    @Test func aFileCutShortUnderTheMappingEndsTheProcessWithItsStatus() async throws {
        let result = await #expect(processExitsWith: .exitCode(74), observing: [\.standardErrorContent]) {
            _ = try BusErrorTests.readFromATruncatedFile()
        }
        let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
        #expect(text.contains("a mapped index file became unreadable"))
    }

    static func readFromATruncatedFile() throws -> UInt8 {
        let directory = try TemporaryDirectory()
        let files = DiskFileSystem()
        let path = directory.path + "/f"
        let file = try files.open(path, .create)
        try file.write([UInt8](repeating: 1, count: 100_000).span, at: 0)
        let mapped = try files.map(path)
        try exitOnBusError(status: 74)
        try file.truncate(to: 0)
        return mapped.uncheckedBytes[50_000]
    }
}

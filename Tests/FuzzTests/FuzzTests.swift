import Foundation
import FuzzTargets
import RandomTesting
import Testing

/// What the fuzzers start from and what they once found, tried on every run.
@Suite struct FuzzTests {
    private static let findings = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Interop/fuzz/findings")

    @Test(arguments: FuzzTarget.allCases)
    func passesItsSeeds(target: FuzzTarget) throws {
        let seeds = try target.seeds()
        #expect(!seeds.isEmpty)
        for seed in seeds { try target.run(seed) }
    }

    @Test(arguments: FuzzTarget.allCases)
    func passesWhatWasOnceFound(target: FuzzTarget) throws {
        let folder = Self.findings.appendingPathComponent(target.rawValue)
        guard FileManager.default.fileExists(atPath: folder.path) else { return }
        for file in try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil) {
            let octets = [UInt8](try Data(contentsOf: file))
            #expect(throws: Never.self, "\(file.lastPathComponent)") { try target.run(octets) }
        }
    }

    /// Every truncation of every seed, and a thousand changes of single octets: the fuzzers' first minute.
    @Test(arguments: FuzzTarget.allCases)
    func passesItsSeedsCutAndChanged(target: FuzzTarget) throws {
        var random = SeededRandom()
        let seeds = try target.seeds()
        for seed in seeds where seed.count < 1_000 {
            for count in seed.indices { try target.run(Array(seed.prefix(count))) }
        }
        for _ in 0..<(target == .segment ? 50 : 1_000) {
            var input = seeds.randomElement(using: &random) ?? []
            guard let place = input.indices.randomElement(using: &random) else { continue }
            input[place] = UInt8.random(in: 0...255, using: &random)
            #expect(throws: Never.self, "seed \(random.seed)") { try target.run(input) }
        }
    }
}

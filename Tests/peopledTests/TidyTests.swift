import Foundation
import Testing

/// House rules that the compiler and the formatter do not know, checked on the sources themselves.
@Suite struct TidyTests {
    private struct Source {
        let path: String
        let lines: [String]
    }

    private static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    private func sources(in folders: [String]) throws -> [Source] {
        var found: [Source] = []
        for folder in folders {
            let top = Self.root.appending(path: folder)
            let paths = FileManager.default.enumerator(atPath: top.path)?.compactMap { $0 as? String } ?? []
            for path in paths.sorted() where path.hasSuffix(".swift") {
                let text = try String(contentsOf: top.appending(path: path), encoding: .utf8)
                found.append(Source(path: "\(folder)/\(path)", lines: text.components(separatedBy: "\n")))
            }
        }
        try #require(found.count > 20, "the sources were not found under \(Self.root.path)")
        return found
    }

    @Test func filesStayUnderSixHundredLines() throws {
        let long = try sources(in: ["Sources", "Tests"]).filter { $0.lines.count > 601 }
        #expect(long.isEmpty, "\(long.map { "\($0.path): \($0.lines.count) lines" })")
    }

    /// A closing brace at the indentation of its `func` or `init` ends it; 70 lines between the two are the cap.
    @Test func functionsStayUnderSeventyLines() throws {
        var long: [String] = []
        for source in try sources(in: ["Sources"]) {
            for (start, line) in source.lines.enumerated() where declaresFunction(line) {
                let indentation = line.prefix { $0 == " " }
                let end = source.lines[start...].firstIndex { $0 == indentation + "}" }
                if let end, end - start > 70 { long.append("\(source.path):\(start + 1): \(end - start) lines") }
            }
        }
        #expect(long.isEmpty, "\(long)")
    }

    private func declaresFunction(_ line: String) -> Bool {
        let words = line.split(separator: " ")
        return line.hasSuffix("{") && words.contains { $0 == "func" || $0.hasPrefix("init(") }
            && !words.contains("//") && words.first != "///"
    }

    @Test(arguments: ["TODO", "FIXME", "XXX", "try!", "as!", "fatalError(", "@unsafe(never)"])
    func sourcesHoldNone(of word: String) throws {
        let hits = try sources(in: ["Sources"]).flatMap { source in
            source.lines.enumerated().filter { $0.element.contains(word) }.map { "\(source.path):\($0.offset + 1)" }
        }
        #expect(hits.isEmpty, "\(word): \(hits)")
    }

    /// Every use of `unsafe` has a "Safe:" line in the lines above it: one may speak for a whole short function.
    @Test func everyUnsafeUseSaysWhyItIsSafe() throws {
        var bare: [String] = []
        for source in try sources(in: ["Sources"]) {
            for (index, line) in source.lines.enumerated() where usesUnsafe(line) {
                let above = source.lines[max(0, index - 24)...index]
                if !above.contains(where: { $0.contains("Safe:") }) { bare.append("\(source.path):\(index + 1)") }
            }
        }
        #expect(bare.isEmpty, "\(bare.count) uses without a reason: \(bare)")
    }

    private func usesUnsafe(_ line: String) -> Bool {
        let code = line.trimmingCharacters(in: .whitespaces).replacingOccurrences(of: "@unsafe ", with: "")
        guard !code.hasPrefix("//"), !code.hasPrefix("///") else { return false }
        return code.contains("unsafe ") || code.contains("unsafe(")
    }

    @Test func everyUncheckedSendableSaysBecause() throws {
        var bare: [String] = []
        for source in try sources(in: ["Sources"]) {
            for (index, line) in source.lines.enumerated()
            where line.contains("@unchecked Sendable") && !line.contains("//") {
                let above = source.lines[max(0, index - 6)...index].joined(separator: " ")
                if !above.lowercased().contains("because") { bare.append("\(source.path):\(index + 1)") }
            }
        }
        #expect(bare.isEmpty, "\(bare)")
    }

    @Test func unsafeCodeStaysInItsFiles() throws {
        // `_overrideLifetime` names the owner of a span that was checked elsewhere: it reads no memory.
        let holders = try sources(in: ["Sources"]).filter { source in
            source.lines.contains { usesUnsafe($0) && !$0.contains("_overrideLifetime") }
        }.map(\.path)
        let strangers = Set(holders.filter { !$0.contains("/Syscalls") }).subtracting(Self.unsafeFiles)
        #expect(strangers.isEmpty, "unsafe code outside the files named for it: \(strangers.sorted())")
    }

    /// Beside the `Syscalls…` files, the few that may hold unsafe code. ARCHITECTURE.md says why each does.
    private static let unsafeFiles: Set<String> = [
        "Sources/AttributeIndex/Segment/SegmentBytes.swift", "Sources/AttributeIndex/Segment/UnalignedLoads.swift",
        "Sources/BER/BERWriter.swift", "Sources/BER/BigEndianLoads.swift",
        "Sources/Credentials/LibCrypt.swift", "Sources/Credentials/LibCrypto.swift",
        "Sources/Credentials/LibCryptoArgon2.swift",
        "Sources/LDIF/UnalignedLoads.swift", "Sources/ReusedMemory/ReusedList.swift",
        "Sources/ReusedMemory/ReusedSlots.swift",
        "Sources/Storage/CRC32C.swift",
        "Sources/Storage/DirectoryWatch.swift", "Sources/Storage/DiskFileSystem.swift",
        "Sources/Storage/MappedBytes.swift", "Sources/Storage/MappedChecksums.swift",
        "Sources/Storage/MappedFile.swift",
        "Sources/Storage/MappedMemory.swift", "Sources/Transport/ReceiveBuffer.swift",
        "Sources/Transport/TLS/LibSSLCertificate.swift", "Sources/Transport/TLS/LibSSLCiphers.swift",
        "Sources/Transport/TLS/LibSSLContext.swift", "Sources/Transport/TLS/LibSSLErrors.swift",
        "Sources/Transport/TLS/LibSSLSelfSigned.swift", "Sources/Transport/TLS/LibSSLSession.swift",
    ]
}

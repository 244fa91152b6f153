import Foundation
import Glibc
import TransportTesting

/// Programs that nobody here wrote.
enum InteropTools {
    private static let repository = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

    private static func first(_ paths: [String]) -> String? {
        paths.first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    static let curl = first(["/usr/bin/curl"])
    static let python = first(["/usr/bin/python3", "/usr/local/bin/python3"])

    /// Unpacked by `Interop/install tests`, or installed.
    static let nginx: String? = {
        let workspace =
            ProcessInfo.processInfo.environment["PEOPLED_INTEROP_DIRECTORY"] ?? repository + "/.build/interop"
        return first([workspace + "/packages/root/usr/sbin/nginx", "/usr/sbin/nginx"])
    }()

    struct Outcome {
        let status: Int32
        let output: [UInt8]
        let errors: String
        var text: String { String(decoding: output, as: UTF8.self) }
    }

    /// Runs a program to its end.
    static func run(_ program: String?, _ arguments: [String], input: String = "") throws -> Outcome {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program ?? "/nowhere")
        process.arguments = arguments
        let (output, errors, feed) = (Pipe(), TemporaryText(), Pipe())
        process.standardOutput = output
        process.standardError = errors.handle
        process.standardInput = feed
        try process.run()
        feed.fileHandleForWriting.write(Data(input.utf8))
        try feed.fileHandleForWriting.close()
        let octets = [UInt8](output.fileHandleForReading.readDataToEndOfFile())
        process.waitUntilExit()
        return Outcome(status: process.terminationStatus, output: octets, errors: errors.text)
    }

    /// A port that was free just now.
    static func freePort() -> UInt16 {
        let server = ScriptedServer { _, _ in }
        server.stop()
        return server.port
    }
}

/// A file for what a program says meanwhile.
private final class TemporaryText {
    private let path = NSTemporaryDirectory() + "peopled-http-" + UUID().uuidString
    let handle: FileHandle?

    init() {
        _ = FileManager.default.createFile(atPath: path, contents: nil)
        handle = FileHandle(forWritingAtPath: path)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    var text: String { (try? String(contentsOfFile: path, encoding: .utf8)) ?? "" }
}

/// A program that serves until the test is done with it, in a folder that goes with it.
final class InteropServer {
    let folder = NSTemporaryDirectory() + "peopled-http-" + UUID().uuidString
    private let process = Process()

    /// - Parameter arguments: get the folder.
    init(_ program: String?, port: UInt16, files: [String: String] = [:], _ arguments: (String) -> [String]) throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        for (name, text) in files {
            try text.replacingOccurrences(of: "FOLDER", with: folder)
                .write(toFile: "\(folder)/\(name)", atomically: true, encoding: .utf8)
        }
        process.executableURL = URL(fileURLWithPath: program ?? "/nowhere")
        process.arguments = arguments(folder)
        process.currentDirectoryURL = URL(fileURLWithPath: folder)
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        guard eventually({ RawSocket.isListening(port) || !process.isRunning }), process.isRunning else {
            throw CocoaError(.executableLoad)
        }
    }

    deinit {
        // Nothing gentler: what is started from a thread of Dispatch's has its signals blocked.
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        try? FileManager.default.removeItem(atPath: folder)
    }

    func write(_ octets: [UInt8], to name: String) throws {
        try Data(octets).write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
    }
}

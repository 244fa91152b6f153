import Foundation
import Storage
import StorageTesting
import Testing

struct FileSystemTests {
    let directory: TemporaryDirectory
    let files = DiskFileSystem()

    init() throws { directory = try TemporaryDirectory() }

    @Test func readsBackWhatWasWritten() throws {
        let path = directory.path + "/f"
        let file = try files.open(path, .create)
        try file.write([1, 2, 3, 4].span, at: 0)
        try file.write([9].span, at: 6)
        try file.truncate(to: 8)
        try file.synchronize()
        #expect(try file.size() == 8)
        #expect(try files.contents(of: path, limit: 8) == [1, 2, 3, 4, 0, 0, 9, 0])
        #expect(throws: StorageError(.outOfBounds, path: "", "")) { try files.contents(of: path, limit: 7) }
        var tail: [UInt8] = []
        try file.read(100, at: 6, into: &tail)
        #expect(tail == [9, 0])
    }

    @Test func keepsFilesAndDirectoriesFromOthers() throws {
        try files.makeDirectory(directory.path + "/d")
        _ = try files.open(directory.path + "/d/f", .create)
        for (name, mode) in [("/d", 0o700), ("/d/f", 0o600)] {
            let attributes = try FileManager.default.attributesOfItem(atPath: directory.path + name)
            #expect(attributes[.posixPermissions] as? Int == mode)
        }
    }

    @Test func listsNamesInOrder() throws {
        for name in ["b", "a", "c\u{e9}"] { _ = try files.open("\(directory.path)/\(name)", .create) }
        try files.makeDirectory(directory.path + "/d")
        try files.makeDirectory(directory.path + "/d")
        #expect(try files.list(directory.path) == ["a", "b", "c\u{e9}", "d"])
        try files.remove(directory.path + "/b")
        #expect(try files.status(of: directory.path + "/b") == nil)
        #expect(try files.status(of: directory.path + "/d")?.isDirectory == true)
        #expect(try files.freeSpace(at: directory.path) > 0)
    }

    @Test func replacesAFileInOneStep() throws {
        let path = directory.path + "/f"
        try files.replace(path, with: [1].span)
        let old = try files.map(path)
        try files.replace(path, with: [2, 3].span)
        #expect(try files.contents(of: path, limit: 9) == [2, 3])
        #expect(try old.bytes(0..<1)[0] == 1)
        #expect(try files.list(directory.path) == ["f"])
    }

    @Test func saysWhatFailedWhereAndWhy() throws {
        let missing = try #require(throws: StorageError.self) { try files.open("/nowhere/f", .read) }
        #expect(missing.description == "No such file or directory while opening /nowhere/f")
        #expect(missing.isNotFound)
        let full = try files.open("/dev/full", .update)
        let error = try #require(throws: StorageError.self) { try full.write([1].span, at: 0) }
        #expect(error.description == "No space left on the device while writing /dev/full")
        #expect(error.isFull)
    }

    @Test func locksOutASecondWriterAndSaysWhoHoldsTheLock() throws {
        let path = directory.path + "/lock"
        let lock = try files.lock(path)
        let error = try #require(throws: StorageError.self) { try files.lock(path) }
        #expect(error.code == .locked)
        #expect(error.description.contains("process \(ProcessInfo.processInfo.processIdentifier),"))
        lock.release()
        _ = try files.lock(path)
    }

    /// Fail each call of a replacement in turn; afterwards the file must be the old one or the new one, on disk too.
    @Test(arguments: [Fault.error(5), .error(28), .shortWrite, .crash])
    func replacementLeavesTheOldOrTheNewFile(_ fault: Fault) throws {
        let (old, new) = (Array("old contents".utf8), Array("the new contents".utf8))
        var faulted = true
        var call = 0
        while faulted {
            let files = SimulatedFileSystem()
            try files.replace("/f", with: old.span)
            files.inject(fault, atCall: call)
            let succeeded = (try? files.replace("/f", with: new.span)) != nil
            faulted = files.hasFaulted
            #expect(succeeded != faulted)
            files.clearFault()
            for survival in [Survival.nothing, .everything] + (0..<20).map({ .some(seed: $0) }) {
                let found = try files.afterCrash(survival).contents(of: "/f", limit: 100)
                #expect(found == new || (!succeeded && found == old), "call \(call), \(survival)")
            }
            call += 1
        }
        #expect(call > 5)
    }

    @Test func noticesAFileRenamedIntoADirectory() throws {
        let watch = try DirectoryWatch(directory.path)
        #expect(try !watch.wait(milliseconds: 0))
        try files.replace(directory.path + "/f", with: [1].span)
        #expect(try watch.wait(milliseconds: 1000))
        #expect(try !watch.wait(milliseconds: 0))
    }
}

import Foundation
import FuzzTargets

/// The target that the environment names, as `run` sets it.
private let target: FuzzTarget = {
    let name = ProcessInfo.processInfo.environment["FUZZ_TARGET"] ?? ""
    guard let target = FuzzTarget(rawValue: name) else {
        fatalError("FUZZ_TARGET is one of \(FuzzTarget.allCases.map(\.rawValue).joined(separator: " "))")
    }
    return target
}()

/// Writes the target's seeds into the folder FUZZ_SEEDS names, before libFuzzer reads it.
@c(LLVMFuzzerInitialize)
public func initialize(
    _ count: UnsafeMutablePointer<Int32>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>>>
) -> Int32 {
    guard let folder = ProcessInfo.processInfo.environment["FUZZ_SEEDS"] else { return 0 }
    do {
        for (index, seed) in try target.seeds().enumerated() {
            try Data(seed).write(to: URL(fileURLWithPath: folder).appendingPathComponent("seed-\(index)"))
        }
    } catch {
        fatalError("the seeds of \(target.rawValue): \(error)")
    }
    return 0
}

/// One input. A broken property, like a trap, ends the process, which is how libFuzzer learns of it.
@c(LLVMFuzzerTestOneInput)
public func testOneInput(_ data: UnsafePointer<UInt8>?, _ size: Int) -> Int32 {
    // Safe: libFuzzer gives `size` octets at `data`, for the time of this call; the array is a copy.
    let input = unsafe Array(UnsafeBufferPointer(start: data, count: size))
    do {
        try target.run(input)
    } catch {
        fatalError("\(error)")
    }
    return 0
}

import Foundation
import FuzzTargets

private let name = ProcessInfo.processInfo.environment["FUZZ_TARGET"] ?? ""

/// The target that the environment names, as `run` sets it.
private let target: FuzzTarget = {
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
    guard name != "canary" else { return canary(input) }
    do {
        try target.run(input)
    } catch {
        fatalError("\(error)")
    }
    return 0
}

/// A fault for the fuzzer to find: coverage alone leads to the word, and AddressSanitizer alone sees the read behind the end.
private func canary(_ input: [UInt8]) -> Int32 {
    for (octet, expected) in zip(input, "fault".utf8) where octet != expected { return 0 }
    guard input.count >= 5 else { return 0 }
    return unsafe input.withUnsafeBufferPointer { octets in
        // Safe: it is not, and is not meant to be. The result depends on the octet, so that it is really read.
        unsafe octets.baseAddress.map { unsafe $0[octets.count] } == 7 ? -1 : 0
    }
}

/// An input that comes by and by, and says so before it waits for more: who takes its records can do in the meantime what
/// is better done for several.
public struct PausingInput: LDIFInput {
    private let file: LDIFFile
    private let patience: () -> Int
    private let pause: () -> Void

    /// Reads from `file`.
    /// - Parameters:
    ///   - patience: asked for how many milliseconds more may still be waited for before `pause` is called.
    ///   - pause: called before a wait that is longer.
    public init(_ file: LDIFFile, patience: @escaping () -> Int, pause: @escaping () -> Void) {
        self.file = file
        self.patience = patience
        self.pause = pause
    }

    /// Reads what has come, waiting for it where nothing has.
    public mutating func read(into buffer: inout [UInt8], at offset: Int) throws(LDIFInputError) -> Int {
        if !file.waitUntilReadable(milliseconds: patience()) { pause() }
        return try file.read(into: &buffer, at: offset)
    }
}

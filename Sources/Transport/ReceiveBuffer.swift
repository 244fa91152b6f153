import Glibc

/// A reactor's memory for what it receives, shared by all its connections: an idle connection holds none.
@safe struct ReceiveBuffer: ~Copyable {
    let storage: UnsafeMutableRawBufferPointer

    init(capacity: Int) {
        // Safe: freed in `deinit`, and never given away but as a span that depends on this owner.
        unsafe storage = UnsafeMutableRawBufferPointer.allocate(byteCount: capacity, alignment: 64)
        unsafe storage.initializeMemory(as: UInt8.self, repeating: 0)
    }

    deinit {
        // Safe: see `init`; the count is the buffer's. What was received last may be a password.
        if let address = unsafe storage.baseAddress { unsafe explicit_bzero(address, storage.count) }
        unsafe storage.deallocate()
    }

    /// How many octets it has room for.
    var capacity: Int {
        // Safe: the count is a plain number.
        unsafe storage.count
    }

    /// Lends the first `count` octets.
    func withPrefix<Result>(_ count: Int, _ body: (Span<UInt8>) -> Result) -> Result {
        // Safe: initialised in `init` whole; `extracting` checks the count; the span cannot leave the call.
        let all = unsafe Span<UInt8>(_unsafeElements: storage.assumingMemoryBound(to: UInt8.self))
        return body(all.extracting(first: count))
    }
}

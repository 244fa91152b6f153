import Glibc

/// Standard output: what was asked for.
package enum StandardOutput {
    /// Writes octets as they are.
    /// - Throws: a `CommandFailure` when the reader is gone or the disk behind it is full.
    package static func write(_ octets: Span<UInt8>) throws(CommandFailure) {
        guard let code = writeAll(octets, to: STDOUT_FILENO) else { return }
        throw code == ENOSPC
            ? CommandFailure(.diskFull, "the disk behind standard output is full")
            : CommandFailure(.inputOutput, "standard output takes no more (system error \(code))")
    }

    package static func write(_ text: String) throws(CommandFailure) { try write(Array(text.utf8).span) }
}

/// Standard error: what is told beside it. One that is closed or full is nobody's to mend here.
package enum StandardError {
    package static func write(_ text: String) { _ = writeAll(Array(text.utf8).span, to: STDERR_FILENO) }
}

/// Writes everything; the `errno` that stopped it, or nil.
private func writeAll(_ octets: Span<UInt8>, to descriptor: Int32) -> Int32? {
    var place = 0
    while place < octets.count {
        // Safe: the pointer is used during the call only, with the span's own count.
        let written = unsafe octets.extracting(place...).withUnsafeBytes {
            unsafe Glibc.write(descriptor, $0.baseAddress, $0.count)
        }
        if written < 0 && errno == EINTR { continue }
        guard written > 0 else { return errno }
        place += written
    }
    return nil
}

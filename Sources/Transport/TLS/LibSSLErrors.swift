import COpenSSL

/// libssl's queue of errors, of which each thread has its own: what is left in it by one call would be taken for the next
/// one's failure.
enum LibSSLErrors {
    /// Forgets what earlier calls have left, of whatever module.
    static func clear() {
        if ERR_peek_error() != 0 { ERR_clear_error() }
    }

    /// Empties the queue and returns the words of its first error, which is what happened; the others are its consequences.
    /// Nothing where there is none. They name no secrets.
    static func take() -> String {
        var data: UnsafePointer<CChar>?
        var flags: Int32 = 0
        // Safe: libssl's strings are static, or valid until the queue's next change, which comes after they are copied.
        let code = unsafe ERR_get_error_all(nil, nil, nil, &data, &flags)
        guard code != 0 else { return "" }
        let reason = unsafe ERR_reason_error_string(code).map { unsafe String(cString: $0) }
        let detail = unsafe (flags & ERR_TXT_STRING) != 0 ? data.map { unsafe String(cString: $0) } : nil
        ERR_clear_error()
        let words = reason ?? "error \(String(code, radix: 16))"
        return detail.map { $0.isEmpty ? words : "\(words) (\($0))" } ?? words
    }
}

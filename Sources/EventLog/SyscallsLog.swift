import Glibc

extension Timestamp {
    static func now() -> Timestamp {
        var time = timespec()
        // Safe: `time` outlives the call, which fills it and keeps no pointer.
        _ = unsafe clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(seconds: Int64(time.tv_sec), milliseconds: time.tv_nsec / 1_000_000)
    }
}

/// Whether `descriptor` takes a line of PIPE_BUF octets without blocking, waiting up to `milliseconds` for it to.
func waitUntilWritable(_ descriptor: Int32, milliseconds: Int32) -> Bool {
    var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
    // Safe: one entry is announced and one is there; the kernel keeps no pointer to it.
    let ready = unsafe poll(&entry, 1, milliseconds)
    return ready == 1
}

/// Writes `line`. A reader that is gone takes no line ever again: the line counts as written, for there is nobody to tell.
/// False where the descriptor would block.
func writeLine(_ line: [UInt8], to descriptor: Int32) -> Bool {
    var offset = 0
    while offset < line.count {
        // Safe: pointer and count are those of the same buffer, which lives through the call.
        let written = unsafe line.withUnsafeBytes {
            unsafe write(descriptor, $0.baseAddress?.advanced(by: offset), $0.count - offset)
        }
        if written > 0 {
            offset += written
        } else if errno == EINTR {
            continue
        } else if errno == EAGAIN, offset == 0 {
            return false
        } else {
            return true
        }
    }
    return true
}

import Glibc

/// What a client sends may hold its password: where input is kept until it is whole, nothing of it is to be left in memory
/// that is given back.
extension Array<UInt8> {
    /// Overwrites all with zeros, and gives the memory back. The corresponding C function is `explicit_bzero`.
    mutating func wipe() {
        wipe(from: 0)
        self = []
    }

    /// Appends; where the octets must move for it, nothing is left where they were.
    mutating func append(wiping octets: Span<UInt8>) {
        if capacity - count < octets.count, !isEmpty {
            var grown: [UInt8] = []
            grown.reserveCapacity(2 * count + octets.count)
            grown.append(copying: span)
            swap(&self, &grown)
            grown.wipe()
        }
        append(copying: octets)
    }

    /// Removes the first octets; nothing is left where the last ones were.
    mutating func removeFirst(wiping number: Int) {
        // Safe: both ranges are checked against the array's, and may overlap (`memmove`).
        unsafe withUnsafeMutableBytes { octets in
            unsafe octets.copyMemory(from: UnsafeRawBufferPointer(rebasing: octets.dropFirst(number)))
        }
        wipe(from: count - number)
        removeLast(number)
    }

    private mutating func wipe(from start: Int) {
        // Safe: the range is within the array's octets, which `dropFirst` checks.
        unsafe withUnsafeMutableBytes { octets in
            let part = unsafe UnsafeMutableRawBufferPointer(rebasing: octets.dropFirst(start))
            if let address = part.baseAddress { unsafe explicit_bzero(address, part.count) }
        }
    }
}

extension Array {
    /// Empties the array and keeps its memory. Costs a load where it is empty already, as most scratch is.
    @inline(__always)
    mutating func clear() {
        if !isEmpty { removeAll(keepingCapacity: true) }
    }
}

extension [UInt8] {
    /// Makes the array a copy of octets and keeps its memory.
    @inline(__always)
    mutating func replaceAll(with octets: Span<UInt8>) {
        clear()
        reserveCapacity(octets.count)
        for index in octets.indices { append(octets[index]) }
    }
}

import ReusedMemory

extension Array {
    /// Empties the array and keeps its memory. Costs a load where it is empty already, as most scratch is.
    @inline(__always)
    mutating func clear() {
        if !isEmpty { removeAll(keepingCapacity: true) }
    }
}

extension ReusedList where Element == UInt8 {
    /// Makes the list a copy of octets.
    @inline(__always)
    mutating func replaceAll(with octets: Span<UInt8>) {
        removeAll()
        append(copying: octets)
    }
}

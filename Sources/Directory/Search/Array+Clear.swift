extension Array {
    /// Empties the array and keeps its memory. Costs a load where it is empty already, as most scratch is.
    @inline(__always)
    mutating func clear() {
        if !isEmpty { removeAll(keepingCapacity: true) }
    }
}

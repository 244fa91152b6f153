import AttributeIndex

/// Errors of the index, as a target throws them.
enum StoreErrors {
    static let full = StoreError(.full, "No space left on the device")
}

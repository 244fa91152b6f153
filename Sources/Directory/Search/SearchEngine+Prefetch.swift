import AttributeIndex

extension SearchEngine {
    /// The steps of `prefetch`: each uses what the one before has asked for.
    static let prefetchStages = 0..<4

    /// Asks for the memory that the search will look at first.
    mutating func prefetch(_ stage: Int) {
    }
}

public import AttributeIndex
import Synchronization

/// The directory as clients see it: names, scopes, filters, selections and computed attributes over the index.
///
/// It hands out a `DirectoryView` for the index's newest generation; searches, comparisons and look-ups for binds are asked
/// of the view.
public final class Directory: Sendable {
    private let configuration: DirectoryConfiguration
    private let currentGeneration: @Sendable () -> Generation
    private let last: Mutex<DirectoryView>

    /// A directory over what `currentGeneration` gives, which must be quick: it is asked for with every batch of requests.
    ///
    /// - Throws: when the segments of the root DSE or the subschema subentry cannot be built.
    public init(
        configuration: DirectoryConfiguration, currentGeneration: @escaping @Sendable () -> Generation
    ) throws(SegmentError) {
        self.configuration = configuration
        self.currentGeneration = currentGeneration
        last = Mutex(try DirectoryView(currentGeneration(), configuration, reusing: nil))
    }

    /// The view of the newest generation. A generation that no view can be made of leaves the one before in use.
    public func view() -> DirectoryView {
        let generation = currentGeneration()
        return last.withLock { last in
            if last.generation !== generation,
                let view = try? DirectoryView(generation, configuration, reusing: last)
            {
                last = view
            }
            return last
        }
    }
}

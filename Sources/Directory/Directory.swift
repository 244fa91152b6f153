public import AttributeIndex
import Synchronization

/// The directory as clients see it: names, scopes, filters, selections and computed attributes over the index.
///
/// It hands out a `DirectoryView` for the index's newest generation; searches, comparisons and look-ups for binds are asked
/// of the view.
public final class Directory: Sendable {
    private let currentGeneration: @Sendable () -> Generation
    private let last: Mutex<Served>

    /// The newest view, and what it was made by.
    private struct Served {
        var configuration: DirectoryConfiguration
        var view: DirectoryView
    }

    /// A directory over what `currentGeneration` gives, which must be quick: it is asked for with every batch of requests.
    ///
    /// - Throws: when the segments of the root DSE or the subschema subentry cannot be built.
    public init(
        configuration: DirectoryConfiguration, currentGeneration: @escaping @Sendable () -> Generation
    ) throws(SegmentError) {
        self.currentGeneration = currentGeneration
        let view = try DirectoryView(currentGeneration(), configuration, reusing: nil)
        last = Mutex(Served(configuration: configuration, view: view))
    }

    /// The view of the newest generation. A generation that no view can be made of leaves the one before in use.
    public func view() -> DirectoryView {
        let generation = currentGeneration()
        return last.withLock { last in
            if last.view.generation !== generation,
                let view = try? DirectoryView(generation, last.configuration, reusing: last.view)
            {
                last.view = view
            }
            return last.view
        }
    }

    /// Puts other access rules in force: for every request that is begun from now on, paged searches included, which have to be
    /// begun again. What is under way ends under the rules it began with.
    ///
    /// - Throws: when the index is damaged; the rules before stay in force.
    public func replaceAccess(_ access: AccessSettings) throws(SegmentError) {
        let generation = currentGeneration()
        let result = last.withLock { last -> Result<Void, SegmentError> in
            var configuration = last.configuration
            configuration.access = access
            return Result { () throws(SegmentError) in
                last.view = try DirectoryView(generation, configuration, reusing: last.view)
                last.configuration = configuration
            }
        }
        try result.get()
    }
}

import Synchronization

/// What a source has delivered, on its way into the index as segment files of its own: for more than a journal should hold.
/// Nobody sees any of it before `IndexStore.publish`; a delivery that is let go of is removed, by a crash too.
public final class Delivery: Sendable {
    private let store: IndexStore
    private let state = Mutex<[SegmentFile]?>([])

    init(_ store: IndexStore) {
        self.store = store
    }

    deinit {
        if let files = take() { store.remove(files) }
    }

    /// Writes one more part as a file, durable under its name. Where parts have an entry in common, the one whose `add` began
    /// last counts. May be called by several threads at a time; the builder's memory is free when it returns.
    public func add(_ builder: consuming SegmentBuilder) throws(StoreError) {
        let number = try store.beginFile()
        let file: SegmentFile
        do throws(StoreError) {
            file = try store.writeSegment(builder, number)
        } catch {
            store.endFile(number)
            throw error
        }
        let isKept = state.withLock { files in
            files?.append(file)
            return files != nil
        }
        guard !isKept else { return }
        store.remove([file])
        throw StoreError(.refused, "the delivery was published before all of it was there")
    }

    /// Takes the files away, newest first: once; nil after that.
    func take() -> [SegmentFile]? {
        state.withLock { $0.take() }?.sorted { $0.number > $1.number }
    }
}

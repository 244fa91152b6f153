public import BER
public import LDAP
import ReusedMemory

/// Searches that are begun together and then answered one after the other, so that the memory that each will look at is on its
/// way into the processor's caches while the others are being read. What the searches work with stays for the next batch.
///
/// ```swift
/// batch.removeAll()
/// while !batch.isFull, let request = next() { batch.start(in: view, request: fields, ...) }
/// batch.prefetch()
/// for index in 0..<batch.count { while case .more = batch.step(index, into: &writer, ...) { /* send, or keep it */ } }
/// ```
public struct SearchBatch: ~Copyable {
    /// The most searches in a batch: enough to cover the way to main memory, few enough for their own state to stay in the
    /// nearest caches.
    public static let capacity = 16

    private var engines: ReusedSlots<SearchEngine>
    /// Searches in the batch.
    public private(set) var count = 0

    /// An empty batch.
    public init() {
        engines = ReusedSlots(count: SearchBatch.capacity) { SearchEngine() }
    }

    /// Whether there is no room for another search.
    public var isFull: Bool { count == SearchBatch.capacity }

    /// Adds a search, in the same view as the others; the batch must not be full. Nothing of the request's octets is needed afterwards, and the index is not
    /// looked at yet. The parameters are those of `SearchTask.start`.
    public mutating func start(
        in view: GrantedView, request: borrowing SearchRequestFields, pdu: Span<UInt8>,
        filter: borrowing FlatFilter, manageDsaIT: Bool, messageID: MessageID,
        limits: SearchLimits, page: PageRequest? = nil
    ) {
        engines[count].start(
            view, request, pdu, filter, manageDsaIT: manageDsaIT, messageID: messageID, limits: limits, page: page)
        count += 1
    }

    /// Asks the processor for the memory that the searches will look at first, as far as that can be told: advice only.
    public mutating func prefetch() {
        guard count > 0, let segment = engines[0].view?.mainSegment else { return }
        for stage in SearchEngine.prefetchStages {
            for index in 0..<count { engines[index].prefetch(stage, segment) }
        }
    }

    /// Goes on with a search, as `SearchTask.step` does.
    public mutating func step(
        _ index: Int, into writer: inout BERWriter, budget: StepBudget, now: UInt64 = 0
    ) -> SearchProgress {
        engines[index].step(into: &writer, budget: budget, now: now)
    }

    /// Whether a finished search ended with success, and there is nothing to add: no next page either.
    public func endedPlainly(_ index: Int) -> Bool { engines[index].endedPlainly }

    /// How a finished search ended.
    public func outcome(_ index: Int) -> SearchOutcome { engines[index].outcome }

    /// Entries that a search has returned so far.
    public func entryCount(_ index: Int) -> Int { engines[index].entryCount }

    /// Parts with a search that is not finished, to be gone on with later.
    public mutating func suspend(_ index: Int) -> SearchTask {
        var engine = SearchEngine()
        swap(&engine, &engines[index])
        return SearchTask(engine)
    }

    /// Ends those searches that are not finished and empties the batch.
    public mutating func removeAll() {
        for index in 0..<count { engines[index].cancel() }
        count = 0
    }

    /// Lets go of the state of the directory that finished searches keep, since the next ones mostly want the same.
    public mutating func releaseViews() {
        for index in engines.indices { engines[index].releaseView() }
    }
}

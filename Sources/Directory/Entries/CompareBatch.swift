import AttributeIndex
public import LDAP
import ReusedMemory

/// Comparisons that are begun together and then answered one after the other, as a `SearchBatch` does with searches.
public struct CompareBatch: ~Copyable {
    /// The most comparisons in a batch.
    public static let capacity = SearchBatch.capacity

    private var comparisons: ReusedSlots<Comparison>
    /// Comparisons in the batch.
    public private(set) var count = 0

    /// An empty batch.
    public init() {
        comparisons = ReusedSlots(count: CompareBatch.capacity) { Comparison() }
    }

    /// Whether there is no room for another comparison.
    public var isFull: Bool { count == CompareBatch.capacity }

    /// Adds a comparison; the batch must not be full. Nothing of the request's octets is needed afterwards, and the index is
    /// not looked at yet.
    ///
    /// - Parameters:
    ///   - view: the state of the directory, the same for the whole batch, as far as the requester may see it.
    ///   - request: the request, as ranges of `pdu`.
    ///   - manageDsaIT: whether referral entries are treated as entries (RFC 3296 section 3).
    public mutating func start(
        in view: GrantedView, request: CompareRequestFields, pdu: Span<UInt8>, manageDsaIT: Bool
    ) {
        comparisons[count].start(request, pdu, manageDsaIT: manageDsaIT, view)
        count += 1
    }

    /// Asks the processor for the memory that the comparisons will look at: advice only.
    public mutating func prefetch(in view: GrantedView) {
        guard let segment = view.view.mainSegment else { return }
        for step in SearchEngine.prefetchStages {
            for index in 0..<count { comparisons[index].prefetch(step, segment) }
        }
    }

    /// The result of a comparison (RFC 4511 section 4.10); `other` where the index cannot be read, and nowhere else.
    public mutating func result(_ index: Int, in view: GrantedView) -> LDAPResult {
        comparisons[index].result(view)
    }

    /// Empties the batch.
    public mutating func removeAll() { count = 0 }
}

extension GrantedView {
    /// Compares an assertion with an entry's values (RFC 4511 section 4.10), those of subtypes included.
    public func compare(
        _ request: CompareRequestFields, pdu: Span<UInt8>, manageDsaIT: Bool, batch: inout CompareBatch
    ) -> LDAPResult {
        batch.removeAll()
        batch.start(in: self, request: request, pdu: pdu, manageDsaIT: manageDsaIT)
        defer { batch.removeAll() }
        batch.prefetch(in: self)
        return batch.result(0, in: self)
    }
}

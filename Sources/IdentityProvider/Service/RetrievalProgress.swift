import CommonInterface
import Synchronization

/// How far each service provider has come with the changelog prepared for it: from its beginning without a hole, in one
/// transfer or several of which each goes on where another broke.
final class RetrievalProgress: Sendable {
    private struct Retrieval {
        let token: String
        var octets: UInt64
    }

    private let retrievals = Mutex<[EntityID: Retrieval]>([:])

    /// Notes what the network has taken of a file.
    ///
    /// - Returns: whether all of it has gone by now; that is told once.
    func note(_ sent: Range<UInt64>, of file: PreparedFile, to caller: EntityID) -> Bool {
        guard file.mechanism == .changelog else { return false }
        return retrievals.withLock { retrievals in
            var retrieval = retrievals[caller] ?? Retrieval(token: file.token, octets: 0)
            // The file before this one, still on its way, is of no use any more; nor are its octets.
            if retrieval.token != file.token { retrieval = Retrieval(token: file.token, octets: 0) }
            if sent.lowerBound <= retrieval.octets { retrieval.octets = max(retrieval.octets, sent.upperBound) }
            let isWhole = retrieval.octets >= UInt64(max(0, file.size))
            retrievals[caller] = isWhole ? nil : retrieval
            return isWhole
        }
    }
}

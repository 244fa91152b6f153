import Credentials
import HTTP
import Storage
import Transport

/// A private file that a download goes to: its digest and records are counted on the way, and whoever drips is cut off.
///
/// Confined to the thread that fetches.
final class FetchTarget: HTTPDownloadTarget {
    /// Why the download cannot go on.
    enum Refused: Error {
        case storage(StorageError)
        case tooSlow
    }

    private let file: any File
    private let limits: ProviderAgentLimits
    private let counts: Bool
    private let begin = monotonicMilliseconds()
    private var total: UInt64 = 0
    private var count = 0
    private var digest = RunningDigest(.sha256)
    private var counter = RecordCounter()
    /// Why the last `append` failed.
    private(set) var refused: Refused?

    /// - Parameter counts: whether records are counted: it costs about as much as the digest.
    init(_ file: any File, _ limits: ProviderAgentLimits, counts: Bool) {
        self.file = file
        self.limits = limits
        self.counts = counts
    }

    /// Records so far, where they are counted.
    var records: Int? { counts ? counter.count : nil }

    func append(_ octets: Span<UInt8>) throws {
        total &+= UInt64(octets.count)
        let passed = monotonicMilliseconds() &- begin
        let allowed = limits.slowStart &+ total / max(1, limits.minimumRate) &* 1000
        guard passed <= allowed else { throw refuse(.tooSlow) }
        do throws(StorageError) { try file.write(octets, at: count) } catch { throw refuse(.storage(error)) }
        count += octets.count
        digest.update(octets)
        if counts { counter.update(octets) }
    }

    func restart() throws {
        do throws(StorageError) { try file.truncate(to: 0) } catch { throw refuse(.storage(error)) }
        count = 0
        counter = RecordCounter()
        _ = finishedDigest()
    }

    /// The digest of all octets; the next one begins anew.
    func finishedDigest() -> [UInt8] {
        var last = RunningDigest(.sha256)
        swap(&last, &digest)
        return last.finish()
    }

    private func refuse(_ reason: Refused) -> Refused {
        refused = reason
        return reason
    }
}

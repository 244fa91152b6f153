/// How long calls of an identity provider may take, and how large its files may be. Milliseconds and octets.
public struct ProviderAgentLimits: Sendable {
    /// For a call and its answer.
    public var call: UInt64 = 60_000
    /// For a call that has a file prepared.
    public var preparation: UInt64 = 600_000
    /// Without an octet.
    public var silence: UInt64 = 20_000
    /// For a download, beside what `perRecord` allows.
    public var download: UInt64 = 120_000
    /// For each record of a download.
    public var perRecord: UInt64 = 4
    /// For any download at all.
    public var longestDownload: UInt64 = 4 * 3_600_000
    /// How long a download may be slower than `minimumRate`.
    public var slowStart: UInt64 = 30_000
    /// Octets a second, on average.
    public var minimumRate: UInt64 = 16 * 1024
    /// The largest file.
    public var file: UInt64 = 64 << 30
    /// What is to stay free on the disk that files are fetched to.
    public var freeSpace: UInt64 = 256 << 20
    /// How often a download that breaks goes on.
    public var attempts = 5

    /// The values that these lines show.
    public init() {}
}

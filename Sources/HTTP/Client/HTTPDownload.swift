import Transport

/// Where a download goes: a file, most often. It can be begun anew.
public protocol HTTPDownloadTarget: AnyObject {
    /// Takes the next octets.
    func append(_ octets: Span<UInt8>) throws
    /// Forgets all it has taken: the file is another one now.
    func restart() throws
}

/// How far a download has come; kept by the caller, it can go on in another call, or after a restart.
public struct HTTPDownload: Sendable, Hashable {
    /// Octets that the target has.
    public var received: UInt64 = 0
    /// The version they are of, if the server names one that says something about octets.
    public var entityTag: EntityTag?
    /// Whether the target has all.
    public var isComplete = false

    /// A download that has not begun.
    public init() {}
}

extension HTTPClient {
    /// Fetches what `call` asks for (GET) into `target`. Where the connection breaks it goes on at the octet where it broke, if the
    /// server still has the same version, and else begins anew; `attempts` times in all, and within the time of the call.
    ///
    /// - Parameter limit: octets above which the download fails.
    /// - Returns: the head of the last answer. A status other than 200 and 206 is the server's, and the target is as it was.
    /// - Throws: as `send` does. `download` then says how far it has come.
    @discardableResult public func download(
        _ call: HTTPCall, into target: any HTTPDownloadTarget, limit: UInt64, attempts: Int = 3,
        _ download: inout HTTPDownload
    ) throws(HTTPClientError) -> ResponseHead {
        let deadline = monotonicMilliseconds() &+ call.timeout
        var attempt = 1
        while true {
            let now = monotonicMilliseconds()
            var ranged = call
            ranged.timeout = deadline > now ? deadline - now : 0
            if download.received > 0, download.entityTag == nil { download.received = 0 }
            if let tag = download.entityTag, download.received > 0 {
                ranged.fields.set("Range", "bytes=\(download.received)-")
                ranged.fields.set("If-Range", tag.description)
            }
            let sink = DownloadSink(call.url, target, download, limit: limit)
            do throws(HTTPClientError) {
                let head = try send(ranged, to: sink, limit: limit)
                sink.end()
                download = sink.download
                guard sink.mustRestart else { return head }
                guard attempt < attempts else {
                    throw HTTPClientError(.malformed, call.url, "the server has not got what it said it had")
                }
                download = HTTPDownload()
            } catch {
                download = sink.download
                guard error.kind == .interrupted || error.kind == .timeout, attempt < attempts,
                    monotonicMilliseconds() < deadline
                else { throw error }
            }
            attempt += 1
        }
    }
}

/// Takes one answer of a download.
private final class DownloadSink: HTTPSink {
    private let url: HTTPURL
    private let target: any HTTPDownloadTarget
    private let limit: UInt64
    private var isWanted = false
    /// How many octets there are in all, where the answer is a part.
    private var size: UInt64?
    private(set) var download: HTTPDownload
    /// Whether the server has nothing from where the download stands.
    private(set) var mustRestart = false

    init(_ url: HTTPURL, _ target: any HTTPDownloadTarget, _ download: HTTPDownload, limit: UInt64) {
        self.url = url
        self.target = target
        self.download = download
        self.limit = limit
    }

    func begin(_ head: ResponseHead) throws {
        switch head.status {
        case .ok:
            try target.restart()
            download = HTTPDownload()
            download.entityTag = head.fields["ETag"].flatMap { EntityTag(parsing: $0) }.flatMap { $0.isWeak ? nil : $0 }
            isWanted = true
        case .partialContent:
            // It must go on exactly where we stand, up to the end, in the version that we have.
            guard let range = ContentRange(in: head.fields), let octets = range.octets, let size = range.size,
                download.received > 0, octets.lowerBound == download.received, octets.upperBound == size,
                head.fields["ETag"].map({ EntityTag(parsing: $0) == download.entityTag }) ?? true
            else { throw HTTPMessageError.malformed("the part is not the one that was asked for") }
            self.size = size
            isWanted = true
        case .rangeNotSatisfiable where download.received > 0:
            // The version is ours, and has no octets behind those that we have: they are all, or it has never had as many.
            download.isComplete = ContentRange(in: head.fields)?.size == download.received
            mustRestart = !download.isComplete
        default: break
        }
    }

    /// All of the answer has come.
    func end() {
        guard isWanted else { return }
        download.isComplete = size == nil || size == download.received
        mustRestart = !download.isComplete
    }

    func receive(_ octets: Span<UInt8>) throws {
        guard isWanted else { return }
        guard UInt64(octets.count) <= limit - min(limit, download.received) else {
            throw HTTPMessageError.contentTooLarge
        }
        try target.append(octets)
        download.received += UInt64(octets.count)
    }
}

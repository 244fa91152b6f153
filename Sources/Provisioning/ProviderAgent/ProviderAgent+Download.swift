import AttributeIndex
import CommonInterface
import EventLog
import HTTP
import Storage

/// Files that a provider has prepared.
extension ProviderAgent {
    /// Fetches a prepared file whole and verifies it, or leaves nothing behind.
    func fetch(_ answer: PreparedAnswer, _ mechanism: Mechanism) throws(SourceFailure) -> FetchedFile {
        guard let url = HTTPURL(answer.retrieval), url.isSecure else {
            throw untrue("its retrieval endpoint is no https URL")
        }
        guard answer.records ?? 0 >= 0 else { throw untrue("it offers a file of less than no records") }
        let id = Self.newID()
        let path = "\(directory)/\(SourceID(entityID))-\(id).ldif"
        return try logged("retrieve " + mechanism.rawValue, id) { () throws(SourceFailure) in
            do throws(SourceFailure) {
                // Of a snapshot the target counts the records when it reads them.
                try download(answer, url, id, to: path, counts: mechanism == .changelog)
                return FetchedFile(path: path, position: answer.transactionID, records: answer.records)
            } catch {
                try? files.remove(path)
                throw error
            }
        }
    }

    private func download(
        _ answer: PreparedAnswer, _ url: HTTPURL, _ id: String, to path: String, counts: Bool
    ) throws(SourceFailure) {
        let (target, limit) = try target(path, counts: counts)
        var call = HTTPCall(.get, url, ["Accept": MediaType.ldif, RequestID.header: id])
        call.timeout = time(for: answer.records)
        call.silenceTimeout = limits.silence
        var progress = HTTPDownload()
        let head: ResponseHead
        do throws(HTTPClientError) {
            head = try client.download(call, into: target, limit: limit, attempts: limits.attempts, &progress)
        } catch {
            guard error.kind == .tooLarge, limit < limits.file else { throw failure(error, target, id) }
            throw SourceFailure(.local, Self.text("download", "there is no room for it in \(directory)", id))
        }
        guard progress.isComplete else {
            guard head.status.isSuccess else { throw failure(of: head, nil, "", id) }
            throw SourceFailure(.transient, Self.text("download", "it is not whole", id))
        }
        try verify(target, head, answer, id)
    }

    /// A private file, and how many octets it may take.
    private func target(_ path: String, counts: Bool) throws(SourceFailure) -> (FetchTarget, UInt64) {
        do throws(StorageError) {
            let free = UInt64(max(0, try files.freeSpace(at: directory)))
            let room = free > limits.freeSpace ? free - limits.freeSpace : 0
            return (FetchTarget(try files.open(path, .create), limits, counts: counts), min(limits.file, room))
        } catch {
            throw SourceFailure(.local, error.description)
        }
    }

    private func time(for records: Int?) -> UInt64 {
        guard let records else { return limits.longestDownload }
        let (more, overflows) = limits.perRecord.multipliedReportingOverflow(by: UInt64(max(0, records)))
        return overflows ? limits.longestDownload : min(limits.longestDownload, limits.download &+ more)
    }

    private func failure(_ error: HTTPClientError, _ target: FetchTarget, _ id: String) -> SourceFailure {
        switch target.refused {
        case .storage(let error)?: SourceFailure(.local, Self.text("download", error.description, id))
        case .tooSlow?:
            SourceFailure(
                .transient, Self.text("download", "it comes slower than \(limits.minimumRate) octets a second", id))
        case nil: Self.failure(error, id)
        }
    }

    /// Whether the file is the one that was promised: octet by octet, and record by record.
    private func verify(
        _ target: FetchTarget, _ head: ResponseHead, _ answer: PreparedAnswer, _ id: String
    ) throws(SourceFailure) {
        let digest = target.finishedDigest()
        guard let promised = head.fields["Repr-Digest"].flatMap(ReprDigest.sha256) else {
            throw untrue(Self.text("download", "it has no Repr-Digest of SHA-256", id))
        }
        guard !digest.isEmpty, digest == promised else {
            throw SourceFailure(
                .transient, Self.text("download", "its digest is not what Repr-Digest says: it was dropped", id))
        }
        if let records = target.records, let promised = answer.records, records != promised {
            throw untrue(Self.text("download", "it has \(records) records, \(promised) were announced", id))
        }
    }
}

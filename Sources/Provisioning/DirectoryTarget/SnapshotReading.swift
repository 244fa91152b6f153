import AttributeIndex
import CommonInterface
import Dispatch
import Foundation
import LDIF
import Schema
import Synchronization

/// The reading of a snapshot by several threads, each with a builder of its own (see `ImportWork`): in rounds, each of which
/// makes one file of a delivery, so that memory is bounded however many people there are.
final class SnapshotReading: Sendable {
    private struct State {
        var chunks: LDIFChunks
        var pieces: UInt64 = 0
        var isOver = false
        /// Entries that the round has put into builders.
        var built = 0
        var findings = SnapshotFindings()
        var needsNames = false
        var failure: DeliveryError?
        /// Two builders had entries of one name.
        var hasDuplicate = false
    }

    private let plan: SnapshotWorker.Plan
    private let progress: (@Sendable (Int) -> Void)?
    private let entriesOfFile: Int
    private let threads: Int
    private let state: Mutex<State>

    init(
        _ plan: SnapshotWorker.Plan, path: String, progress: (@Sendable (Int) -> Void)?, entriesOfFile: Int,
        threads: Int
    ) throws(DeliveryError) {
        self.plan = plan
        self.progress = progress
        self.entriesOfFile = entriesOfFile
        self.threads = threads
        state = Mutex(State(chunks: try Self.chunks(path)))
    }

    static func chunks(_ path: String) throws(DeliveryError) -> LDIFChunks {
        do throws(LDIFInputError) {
            let file = try LDIFFile(path: path)
            return LDIFChunks(file: path, input: file, limits: RecordLimits().ldif)
        } catch {
            throw .incomplete("\(path): cannot read: \(error.reason)")
        }
    }

    /// Whether there are names that the schema lacks: then nothing that was read counts.
    var needsNames: Bool { state.withLock { $0.needsNames } }
    /// Whether entries are missing from the files, as two of one name came together.
    var hasDuplicate: Bool { state.withLock { $0.hasDuplicate } }

    /// Takes what was found.
    func takeFindings() -> SnapshotFindings {
        state.withLock { state in
            defer { state.findings = SnapshotFindings() }
            return state.findings
        }
    }

    /// Reads everything; the entries of each round are given to `body`.
    func run(_ body: (consuming SegmentBuilder) throws(DeliveryError) -> Void) throws(DeliveryError) {
        while state.withLock({ !$0.isOver && $0.failure == nil && !$0.needsNames }) {
            var builder = SegmentBuilder(schema: plan.form.schema)
            var helpers: [BuilderBox] = []
            for _ in 1..<max(1, threads) { helpers.append(BuilderBox(builder.sibling())) }
            let group = DispatchGroup()
            for helper in helpers {
                group.enter()
                Thread.detachNewThread { [self] in
                    ControlPlanePriority.lower()
                    helper.use { read(into: &$0) }
                    group.leave()
                }
            }
            read(into: &builder)
            group.wait()
            if let failure = state.withLock({ $0.failure }) { throw failure }
            guard !needsNames else { return }
            let isWhole = try absorb(helpers, into: &builder)
            if isWhole, builder.entryCount > 0 { try body(builder) }
            state.withLock { $0.built = 0 }
            progress?(state.withLock { $0.findings.records })
        }
        if let failure = state.withLock({ $0.failure }) { throw failure }
    }

    /// - Returns: false where two builders have entries of one name.
    private func absorb(_ helpers: [BuilderBox], into builder: inout SegmentBuilder) throws(DeliveryError) -> Bool {
        for helper in helpers {
            guard let sibling = helper.take() else { continue }
            do throws(SegmentError) { try builder.absorb(sibling) } catch {
                guard error.code == .duplicateEntry else { throw DeliveryError(error) }
                state.withLock { $0.hasDuplicate = true }
                return false
            }
        }
        return true
    }

    /// Reads chunks until there are no more, or the round has enough.
    private func read(into builder: inout SegmentBuilder) {
        var worker = SnapshotWorker(plan)
        var memory: [UInt8] = []
        while let (chunk, number) = nextPiece(reusing: memory) {
            builder.inputPosition = Int(number)
            let before = builder.entryCount
            let outcome = Result { () throws(DeliveryError) in try read(chunk, number, &worker, &builder, &memory) }
            let findings = worker.takeFindings()
            let built = builder.entryCount - before
            worker.tellsEvents = state.withLock { state in
                state.findings.add(findings)
                state.built += built
                switch outcome {
                case .success(true): break
                case .success(false): state.needsNames = true
                case .failure(let error): state.failure = state.failure ?? error
                }
                return !state.findings.hasTooManyEvents
            }
        }
    }

    /// Reads one chunk's records.
    /// - Returns: false where there are names that the schema lacks.
    private func read(
        _ chunk: consuming LDIFChunk, _ number: UInt64, _ worker: inout SnapshotWorker,
        _ builder: inout SegmentBuilder, _ memory: inout [UInt8]
    ) throws(DeliveryError) -> Bool {
        var reader = SnapshotReader(chunk)
        var place: UInt64 = 0
        while let subject = try Self.next(&reader) {
            let order = number << 32 | place
            guard case .done = try worker.take(subject, reader, order: order, into: &builder) else { return false }
            place += 1
        }
        memory = reader.takeMemory()
        return true
    }

    static func next(_ reader: inout SnapshotReader) throws(DeliveryError) -> SubjectName? {
        do throws(RecordError) { return try reader.nextSubject() } catch { throw .records(error) }
    }

    private func nextPiece(reusing memory: [UInt8]) -> (LDIFChunk, UInt64)? {
        state.withLock { state in
            guard !state.isOver, state.failure == nil, !state.needsNames, state.built < entriesOfFile else {
                return nil
            }
            do throws(LDIFError) {
                guard let chunk = try state.chunks.next(reusing: memory) else {
                    state.isOver = true
                    return nil
                }
                state.pieces += 1
                return (chunk, state.pieces - 1)
            } catch {
                state.failure = .records(RecordError(error))
                return nil
            }
        }
    }
}

import AttributeIndex
import Dispatch
import Glibc
import LDIF
import Schema
import Synchronization

/// The reading of an import's files by several threads: each takes the next chunk of records, checks and completes them, and
/// adds them to a builder of its own, so that the threads share nothing but the files.
///
/// What threads note of the entries is kept by chunk and put together in the order of the files: the result is that of one
/// thread. After a mistake no chunk is given out any more, and those that were are finished: of several mistakes the first
/// in the files counts.
final class ImportWork: Sendable {
    /// What a chunk's entries had to tell.
    struct Outcome: Sendable {
        var tree: ImportTree
        var warnings: ImportWarnings
    }

    /// What is wrong with an entry.
    struct Mistake: Sendable {
        let error: ProvisioningError
        /// The chunk it is in, counted through all files.
        let chunk: Int
        /// The file's number, and the line at which the entry begins.
        let file: Int
        let line: Int
    }

    /// A chunk and where it belongs.
    private struct Piece {
        let chunk: LDIFChunk
        let number: Int
        let file: Int
    }

    private struct State {
        var file = -1
        var chunks: LDIFChunks?
        var pieces = 0
        /// Octets of the files before the one being read.
        var finished = 0
        var bytesRead = 0
        var entries = 0
        var isStopped = false
        var outcomes: [Int: Outcome] = [:]
        var mistake: Mistake?
        /// A builder was given two entries of one name.
        var hasDuplicate = false
    }

    private let source: LDIFImport
    private let bytesTotal: Int
    private let schema: Schema
    private let known: Schema
    private let blank: Outcome
    private let state = Mutex(State())

    /// - Parameters:
    ///   - tree, warnings: of no entries.
    ///   - known: the schema without the names that only the data uses.
    init(
        _ source: LDIFImport, _ files: [ImportedFile], schema: Schema, known: Schema, tree: ImportTree,
        warnings: ImportWarnings
    ) {
        self.source = source
        bytesTotal = files.reduce(0) { $0 + $1.size }
        self.schema = schema
        self.known = known
        blank = Outcome(tree: tree, warnings: warnings.blank)
    }

    /// The first mistake; those after it may not have been found.
    var mistake: Mistake? { state.withLock { $0.mistake } }

    /// Whether a name was given twice, which may stand before the mistake.
    var hasDuplicate: Bool { state.withLock { $0.hasDuplicate } }

    /// What the chunks had to tell, in their order.
    var outcomes: [Outcome] {
        state.withLock { state in state.outcomes.sorted { $0.key < $1.key }.map(\.value) }
    }

    /// Reads everything into `builder`, unless there is a mistake or a name is given twice.
    func run(_ builder: inout SegmentBuilder) throws(SegmentError) {
        var helpers: [BuilderBox] = []
        for _ in 1..<threadCount { helpers.append(BuilderBox(builder.sibling())) }
        let group = DispatchGroup()
        for helper in helpers {
            DispatchQueue.global().async(group: group) { [self] in helper.use { read(into: &$0) } }
        }
        read(into: &builder)
        group.wait()
        guard mistake == nil, !hasDuplicate else { return }
        for helper in helpers {
            guard let sibling = helper.take() else { continue }
            do throws(SegmentError) { try builder.absorb(sibling) } catch {
                guard error.code == .duplicateEntry else { throw error }
                return noteDuplicate()
            }
        }
        report(state.withLock { $0.entries }, state.withLock { $0.bytesRead })
    }

    /// No more than there are chunks.
    private var threadCount: Int {
        max(1, min(Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))), bytesTotal / LDIFChunks.length + 1))
    }

    /// Reads chunks until there are no more.
    private func read(into builder: inout SegmentBuilder) {
        var worker = EntryWorker(EntryAssembler(schema: schema, known: known, stamp: source.options.stamp))
        var memory: [UInt8] = []
        while let piece = nextPiece(reusing: memory) {
            builder.inputPosition = piece.number
            memory = read(piece, &worker, into: &builder)
        }
    }

    /// Reads a chunk's records.
    /// - Returns: the chunk's memory.
    private func read(
        _ piece: Piece, _ worker: inout EntryWorker, into builder: inout SegmentBuilder
    ) -> [UInt8] {
        var reader = LDIFReader(piece.chunk, limits: source.options.limits)
        var outcome = blank
        var count = 0
        while true {
            do throws(ProvisioningError) {
                guard try source.next(&reader) else { break }
                try worker.assemble(reader, schema, &outcome)
                guard try worker.add(to: &builder, at: RecordPlace(file: reader.file, line: reader.line)) else {
                    noteDuplicate()
                    return []
                }
            } catch {
                note(Mistake(error: error, chunk: piece.number, file: piece.file, line: reader.line))
                return []
            }
            count += 1
            if count % LDIFImport.progressInterval == 0 { noteProgress(LDIFImport.progressInterval) }
        }
        state.withLock { state in
            state.outcomes[piece.number] = outcome
            state.entries += count % LDIFImport.progressInterval
        }
        return reader.takeMemory()
    }

    private func nextPiece(reusing memory: consuming [UInt8]) -> Piece? {
        let result = state.withLock { state in
            Result { () throws(ProvisioningError) in try nextPiece(&state, reusing: memory) }
        }
        switch result {
        case .success(let piece): return piece
        case .failure(let error):
            let (number, file) = state.withLock { ($0.pieces, $0.file) }
            note(Mistake(error: error, chunk: number, file: file, line: .max))
            return nil
        }
    }

    private func nextPiece(_ state: inout State, reusing memory: [UInt8]) throws(ProvisioningError) -> Piece? {
        while !state.isStopped {
            if state.chunks != nil {
                let chunk: LDIFChunk?
                do throws(LDIFError) { chunk = try state.chunks?.next(reusing: memory) } catch {
                    throw ProvisioningError(error)
                }
                if let chunk {
                    state.bytesRead = state.finished + chunk.bytesRead
                    state.pieces += 1
                    return Piece(chunk: chunk, number: state.pieces - 1, file: state.file)
                }
                state.finished = state.bytesRead
                state.chunks = nil
            }
            guard state.file + 1 < source.paths.count else { return nil }
            state.file += 1
            let path = source.paths[state.file]
            state.chunks = LDIFChunks(
                file: path, input: try LDIFFile.regular(path), limits: source.options.limits)
        }
        return nil
    }

    private func note(_ mistake: Mistake) {
        state.withLock { state in
            state.isStopped = true
            if let known = state.mistake, known.chunk <= mistake.chunk { return }
            state.mistake = mistake
        }
    }

    private func noteDuplicate() {
        state.withLock { state in
            state.isStopped = true
            state.hasDuplicate = true
        }
    }

    private func noteProgress(_ count: Int) {
        let (entries, bytesRead) = state.withLock { state in
            state.entries += count
            return (state.entries, state.bytesRead)
        }
        report(entries, bytesRead)
    }

    private func report(_ entries: Int, _ bytesRead: Int) {
        source.options.progress?(ImportProgress(entries: entries, bytesRead: bytesRead, bytesTotal: bytesTotal))
    }
}

/// What a thread needs to make entries of records; used again for each.
private struct EntryWorker: ~Copyable {
    private var assembler: EntryAssembler
    private var fields = EntryFields()
    /// Descriptions whose columns the builder has.
    private var columns = 0

    init(_ assembler: EntryAssembler) {
        self.assembler = assembler
    }

    /// Makes the entry of the reader's record, and notes what it has to tell.
    mutating func assemble(
        _ reader: borrowing LDIFReader, _ schema: Schema, _ outcome: inout ImportWork.Outcome
    ) throws(ProvisioningError) {
        try assembler.assemble(reader, into: &fields, warnings: &outcome.warnings)
        try outcome.tree.add(fields, schema, at: RecordPlace(file: reader.file, line: reader.line))
    }

    /// Adds the entry to the builder, whose columns have the numbers of the assembler's descriptions.
    /// - Returns: false if the builder has an entry of its name.
    mutating func add(to builder: inout SegmentBuilder, at place: RecordPlace) throws(ProvisioningError) -> Bool {
        do throws(SegmentError) {
            while columns < assembler.descriptions.count {
                _ = try builder.column(of: assembler.descriptions[columns])
                columns += 1
            }
            try builder.add(fields)
            return true
        } catch {
            guard error.code != .duplicateEntry else { return false }
            throw ProvisioningError(.index, at: place, error.description)
        }
    }
}

/// A helper's builder, lent to its thread and taken back.
final class BuilderBox: Sendable {
    private let builder: Mutex<SegmentBuilder?>

    init(_ builder: consuming SegmentBuilder) {
        self.builder = Mutex(consume builder)
    }

    func use(_ body: (inout SegmentBuilder) -> Void) {
        builder.withLock { builder in
            guard var taken = builder.take() else { return }
            body(&taken)
            builder = consume taken
        }
    }

    func take() -> SegmentBuilder? { builder.withLock { $0.take() } }
}

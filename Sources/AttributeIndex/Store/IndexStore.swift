public import Schema
public import Storage
import Synchronization

/// A data directory: the segments and the journal that its manifest names, opened as one `Generation` at a time.
///
///     DIR/manifest.a, manifest.b        two copies of the manifest: see `ManifestText`
///     DIR/lock                          held by the one process that writes
///     DIR/directory/0007.segment        see `SegmentFormat`
///     DIR/directory/0008.journal        changes newer than the segments: see `Journal` and `ChangeBatch`
///
/// Readers need no lock: whatever they opened stays readable when the writer has removed it, and a publication is the
/// replacement of the manifest. All methods may be called from any thread.
public final class IndexStore: Sendable {
    /// What a directory is opened for.
    public enum Access: Sendable {
        /// To serve, export or check it. Throws `.noIndex` when nothing was published yet.
        case read
        /// To change it: takes the lock, and finishes what an interrupted writer left undone.
        case write
        /// To replace all it holds, even if that is damaged: takes the lock. Only `replaceAll` makes it readable again.
        case replace
    }

    /// The data directory.
    public var directory: String { layout.directory }

    let layout: StoreLayout
    let files: any FileSystem
    let base: Schema
    let policy: StorePolicy
    let loader: SnapshotLoader
    let snapshot: Mutex<StoreSnapshot>
    let writer: Mutex<StoreWriter?>
    private let sequence: Atomic<UInt64>
    /// Held while another process's publication is opened. What it comes to, with its memory segments folded, is what the
    /// next one is built on; nil where nothing was folded. It is not served: a sequence number stands for one generation.
    private let folded = Mutex<StoreSnapshot?>(nil)

    /// Opens a data directory. `schema` is the configured one; names that records add to it are found in the files.
    public static func open(
        directory: String, schema: Schema, access: Access, files: any FileSystem = DiskFileSystem(),
        policy: StorePolicy = StorePolicy()
    ) throws(StoreError) -> IndexStore {
        let store = try IndexStore(StoreLayout(directory), schema, files, policy)
        switch access {
        case .read:
            guard try store.refresh() || store.currentSequence > 0 else { throw store.noIndex }
        case .write, .replace:
            try store.startWriting(tolerant: access == .replace)
        }
        return store
    }

    /// True when something was published in a directory, in whatever state it is now.
    public static func holdsIndex(_ directory: String, files: any FileSystem = DiskFileSystem()) -> Bool {
        let layout = StoreLayout(directory)
        let copies = try? ManifestFiles(directory: layout.directory, files: files).copies()
        return copies != [.missing, .missing]
    }

    private init(
        _ layout: StoreLayout, _ schema: Schema, _ files: any FileSystem, _ policy: StorePolicy
    ) throws(StoreError) {
        self.layout = layout
        self.files = files
        self.policy = policy
        base = schema
        loader = SnapshotLoader(layout: layout, fileSystem: files, base: schema, policy: policy)
        snapshot = Mutex(try StoreSnapshot.empty(schema: schema))
        sequence = Atomic(0)
        writer = Mutex(nil)
    }

    /// The newest publication this process knows of. Before the first import it is empty.
    public func currentGeneration() -> Generation { snapshot.withLock { $0.generation } }

    /// The number of `currentGeneration`: one atomic load, for a thread that looks often.
    public var currentSequence: UInt64 { sequence.load(ordering: .acquiring) }

    /// What the last import was made of; nil before the first.
    public var metadata: ImportMetadata? { snapshot.withLock { $0.index?.metadata } }

    /// How far each identity provider's people go in `currentGeneration`, in the order in which the providers first delivered.
    public var sourceStates: [SourceState] { snapshot.withLock { $0.manifest.sources } }

    /// Looks whether another process has published, and if so opens that, reading only what is new. True if it did.
    /// After an error the generation stays what it was. A store that writes is always up to date.
    @discardableResult
    public func refresh() throws(StoreError) -> Bool {
        let result: Result<Bool, StoreError> = folded.withLock { folded in
            do throws(StoreError) { return .success(try loadNewest(&folded)) } catch { return .failure(error) }
        }
        return try result.get()
    }

    /// Something to wait on that wakes when another process publishes; call `refresh` then.
    public func watch() throws(StoreError) -> DirectoryWatch {
        do { return try DirectoryWatch(directory) } catch { throw StoreError(error) }
    }

    /// Folding follows the publication, so that a change is visible before, not after.
    private func loadNewest(_ folded: inout StoreSnapshot?) throws(StoreError) -> Bool {
        guard writer.withLock({ $0 == nil }) else { return false }
        var attempts = 0
        while true {
            let published = snapshot.withLock { $0 }
            let before = folded.flatMap { $0.manifest == published.manifest ? $0 : nil } ?? published
            guard let choice = try manifests.read(), choice.manifest != before.manifest else { return false }
            do {
                let next = try loader.load(choice.manifest, after: before)
                publish(next)
                // What cannot be folded now is tried again with what comes next.
                folded = try? loader.folded(next)
                return true
            } catch {
                // A file may have gone because the writer has published again since; then its newer manifest counts.
                attempts += 1
                guard attempts < 100, try manifests.read()?.manifest != choice.manifest else { throw error }
            }
        }
    }

    var manifests: ManifestFiles { ManifestFiles(directory: directory, files: files) }

    var noIndex: StoreError {
        StoreError(
            .noIndex, "\(directory) holds no index yet; 'peopled import --data \(directory) FILE.ldif' makes one")
    }

    func publish(_ next: StoreSnapshot) {
        snapshot.withLock { $0 = next }
        sequence.store(next.manifest.sequence, ordering: .releasing)
    }
}

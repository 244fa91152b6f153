public import Schema
public import Storage

extension IndexStore {
    /// Reads everything in a data directory against its checksums and its cross-references, without changing or serving any
    /// of it. Empty when all is well. `progress` is told the file that is read next.
    ///
    /// Throws only when a file cannot be read at all; damage is a finding.
    public static func check(
        directory: String, schema: Schema, files: any FileSystem = DiskFileSystem(),
        progress: (String) -> Void = { _ in }
    ) throws(StoreError) -> [CheckFinding] {
        let layout = StoreLayout(directory)
        let manifests = ManifestFiles(directory: layout.directory, files: files)
        while true {
            let before = try manifests.copies()
            var check = StoreCheck(layout: layout, files: files, schema: schema, policy: StorePolicy())
            try check.run(progress)
            // A publication meanwhile removes what the one before it named: then the newer one is what is to be checked.
            let after = try manifests.copies()
            if check.findings.isEmpty || after == before { return check.findings }
        }
    }
}

/// One run of `check`.
struct StoreCheck {
    let layout: StoreLayout
    let files: any FileSystem
    let schema: Schema
    let policy: StorePolicy
    var findings: [CheckFinding] = []

    init(layout: StoreLayout, files: any FileSystem, schema: Schema, policy: StorePolicy) {
        self.layout = layout
        self.files = files
        self.schema = schema
        self.policy = policy
    }

    private var loader: SnapshotLoader {
        SnapshotLoader(layout: layout, fileSystem: files, base: schema, policy: policy)
    }

    mutating func run(_ progress: (String) -> Void) throws(StoreError) {
        guard let manifest = try manifest(progress) else { return }
        let before = findings.count
        for file in manifest.index?.segments ?? [] {
            progress(layout.path(file.name))
            try segment(file)
        }
        guard findings.count == before else { return }
        if let journal = manifest.index?.journal { progress(layout.path(journal.name)) }
        try whole(manifest)
    }

    /// The manifest that counts, with a finding for each copy that is not it.
    private mutating func manifest(_ progress: (String) -> Void) throws(StoreError) -> Manifest? {
        let manifests = ManifestFiles(directory: layout.directory, files: files)
        for name in ManifestFiles.names { progress("\(layout.directory)/\(name)") }
        let copies = try manifests.copies()
        for (name, copy) in zip(ManifestFiles.names, copies) {
            switch copy {
            case .whole: continue
            case .missing: note("\(layout.directory)/\(name)", "copy of the manifest", "it is missing")
            case .damaged, .outdated:
                note("\(layout.directory)/\(name)", "copy of the manifest", "its checksum is wrong")
            }
        }
        do {
            return try manifests.read()?.manifest
        } catch  where error.code == .damaged {
            note(layout.directory, "manifest", error.description, remedy: CheckFinding.rebuild)
            return nil
        }
    }

    /// A segment by itself: is it the one that is meant, are its blocks whole, does what it says fit together?
    private mutating func segment(_ file: SegmentFile) throws(StoreError) {
        let path = layout.path(file.name)
        let segment: Segment
        do {
            segment = try loader.open(file, schema)
        } catch {
            note(path, "segment", error.description, remedy: CheckFinding.rebuild)
            return
        }
        let blocks = segment.mapping.damagedBlocks()
        for block in blocks {
            note(
                path, "octets \(block.lowerBound)..<\(block.upperBound)", "the checksum is wrong",
                remedy: CheckFinding.rebuild)
        }
        // What refers to a damaged block would only be named once more.
        guard blocks.isEmpty else { return }
        for found in SegmentCheck(segment).run() {
            let problem = found.others == 0 ? found.first : "\(found.first), and \(found.others) more like it"
            note(path, found.part.rawValue, problem, attribute: found.attribute, remedy: CheckFinding.rebuild)
        }
    }

    /// Segments and journal together: does the journal say what it should, and does every entry have its parent?
    private mutating func whole(_ manifest: Manifest) throws(StoreError) {
        do throws(StoreError) {
            let snapshot = try loader.load(manifest, after: nil)
            do { try SegmentCheck.parents(of: snapshot.generation) } catch {
                throw StoreError(error, path: layout.directory)
            }
        } catch {
            note(layout.directory, "index", error.description, remedy: CheckFinding.rebuild)
        }
    }

    private mutating func note(
        _ file: String, _ section: String, _ problem: String, attribute: String? = nil,
        remedy: String = "the next import or apply writes it anew from the other copy"
    ) {
        findings.append(
            CheckFinding(file: file, section: section, attribute: attribute, problem: problem, remedy: remedy))
    }
}

import Storage

/// The two copies of the manifest, and the rules for telling which of them counts.
struct ManifestFiles: Sendable {
    let directory: String
    let files: any FileSystem

    static let names = ["manifest.a", "manifest.b"]

    /// What was found at one copy's path.
    enum Copy: Equatable {
        case missing
        case whole(Manifest)
        /// With the sequence it had, where that can still be read.
        case damaged(sequence: UInt64?)
        /// Of an earlier version of the format.
        case outdated(sequence: UInt64?)

        var sequence: UInt64? {
            switch self {
            case .missing: nil
            case .whole(let manifest): manifest.sequence
            case .damaged(let sequence), .outdated(let sequence): sequence
            }
        }
    }

    /// The manifest that counts, and whether a writer must write both copies anew.
    struct Choice: Equatable {
        var manifest: Manifest
        var needsHealing: Bool
    }

    /// Reads both copies.
    func copies() throws(StoreError) -> [Copy] {
        var copies: [Copy] = []
        for name in ManifestFiles.names { copies.append(try copy(name)) }
        return copies
    }

    /// The manifest that counts; nil if the directory holds none.
    func read() throws(StoreError) -> Choice? {
        let copies = try copies()
        return try choose(copies[0], copies[1])
    }

    /// The higher of two whole copies counts. A copy that cannot be read is passed over only if it surely was not a later
    /// publication than the other: if its sequence can still be read, or the other is the very first.
    func choose(_ a: Copy, _ b: Copy) throws(StoreError) -> Choice? {
        switch (a, b) {
        case (.missing, .missing): return nil
        case (.whole(let a), .whole(let b)):
            if a.sequence == b.sequence, a != b {
                throw .damaged(
                    "\(directory): manifest.a and manifest.b tell different things of publication \(a.sequence)")
            }
            return Choice(manifest: a.sequence >= b.sequence ? a : b, needsHealing: a != b)
        case (.whole(let manifest), let other), (let other, .whole(let manifest)):
            let isFirst = other == .missing && manifest.sequence == 1
            if isFirst || (other.sequence.map { $0 <= manifest.sequence } ?? false) {
                return Choice(manifest: manifest, needsHealing: true)
            }
            let isFirstGood = if case .whole = a { true } else { false }
            let (good, bad) = isFirstGood ? ("manifest.a", "manifest.b") : ("manifest.b", "manifest.a")
            throw .damaged(
                "\(directory)/\(bad) is \(other == .missing ? "missing" : "damaged") and may have held a later publication "
                    + "than \(good) (number \(manifest.sequence)); if nothing was changed since, "
                    + "copying \(good) over \(bad) restores it")
        case (.outdated, _), (_, .outdated):
            throw StoreError(
                .outdated,
                "\(directory) is of an earlier version; 'peopled import' of the LDIF files makes it anew")
        default:
            throw .damaged("\(directory)/manifest.a and manifest.b cannot be read")
        }
    }

    /// Publishes: both copies are written and made durable under other names, then put in place, then that is made durable.
    /// At every moment each name holds the old copy or the new, whole.
    func write(_ manifest: Manifest) throws(StorageError) {
        let text = ManifestText.encode(manifest)
        for name in ManifestFiles.names {
            let file = try files.open("\(directory)/\(name).new", .create)
            try file.write(text.span, at: 0)
            try file.synchronize()
        }
        for name in ManifestFiles.names {
            try files.rename("\(directory)/\(name).new", to: "\(directory)/\(name)")
        }
        try files.synchronizeDirectory(directory)
    }

    private func copy(_ name: String) throws(StoreError) -> Copy {
        do {
            let octets = try files.contents(of: "\(directory)/\(name)", limit: ManifestText.limit)
            if let manifest = ManifestText.decode(octets) { return .whole(manifest) }
            let sequence = ManifestText.sequence(ofDamaged: octets)
            return ManifestText.isOutdated(octets) ? .outdated(sequence: sequence) : .damaged(sequence: sequence)
        } catch {
            if error.isNotFound { return .missing }
            if error.code == .outOfBounds { return .damaged(sequence: nil) }
            throw StoreError(error)
        }
    }
}

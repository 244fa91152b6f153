import Storage

/// A manifest as text: a line a fact, so that a person can read what a directory holds.
///
///     peopled manifest 2 sequence 17 CRC            of this line before the CRC
///     source UUID position NUMBER people COUNT snapshot SECONDS name ENTITYID
///     index next NUMBER imported SECONDS suffix DN
///     file SIZE MODIFIED DIGEST PATH
///     segment NUMBER size OCTETS tail CRC entries COUNT
///     journal NUMBER length OCTETS chain CRC
///     end 17 CRC CRC                                of this line before the CRCs; of everything before the last CRC
///
/// Names and paths have all but printable ASCII, and "%" and space, as "%XX". What is read must be, octet for octet, what
/// would be written: no second spelling of a manifest passes.
enum ManifestText {
    /// The most octets a manifest may have.
    static let limit = 16 << 20

    static func encode(_ manifest: Manifest) -> [UInt8] {
        var text = sealed("\(title(version)) \(manifest.sequence)")
        for source in manifest.sources {
            text += "source \(source.id) position \(source.position) people \(source.people)"
            text += " snapshot \(source.snapshotTime) name \(escape(source.name))\n"
        }
        if let index = manifest.index { append(index, to: &text) }
        text += String(sealed("end \(manifest.sequence)").dropLast()) + " "
        return Array((text + hex(checksum(text)) + "\n").utf8)
    }

    private static func append(_ index: IndexManifest, to text: inout String) {
        let metadata = index.metadata
        text += "index next \(index.nextFile) imported \(metadata.imported) suffix \(escape(metadata.suffix))\n"
        for file in metadata.files {
            text += "file \(file.size) \(file.modified) \(escape(file.digest)) \(escape(file.path))\n"
        }
        for file in index.segments {
            text += "segment \(file.number) size \(file.size) tail \(hex(file.tail)) entries \(file.entries)\n"
        }
        if let journal = index.journal {
            let position = journal.position
            text += "journal \(journal.number) length \(position.length) chain \(hex(position.chain))\n"
        }
    }

    /// The version of the format that is written and read.
    private static let version = 2

    private static func title(_ version: Int) -> String { "peopled manifest \(version) sequence" }

    /// Whether these octets begin as a manifest of an earlier version does.
    static func isOutdated(_ octets: [UInt8]) -> Bool {
        (1..<version).contains { octets.starts(with: Array((title($0) + " ").utf8)) }
    }

    /// Reads a manifest; nil unless it is exactly what `encode` writes.
    static func decode(_ octets: [UInt8]) -> Manifest? {
        guard octets.count <= limit, octets.last == 0x0A,
            octets.allSatisfy({ $0 == 0x0A || (0x20...0x7E).contains($0) })
        else { return nil }
        var manifest = Manifest(sequence: 0)
        for line in octets.split(separator: 0x0A) {
            let words = line.split(separator: 0x20, omittingEmptySubsequences: false)
                .map { String(decoding: $0, as: UTF8.self) }
            guard take(words, into: &manifest) else { return nil }
        }
        return encode(manifest) == octets ? manifest : nil
    }

    /// The sequence a damaged manifest had, if its first or its last line is whole.
    static func sequence(ofDamaged octets: [UInt8]) -> UInt64? {
        let lines = octets.split(separator: 0x0A)
        if let first = lines.first {
            let words = String(decoding: first, as: UTF8.self).split(separator: " ")
            if words.count == 6, let sequence = UInt64(words[4]),
                (1...version).contains(where: { octets.starts(with: Array(sealed("\(title($0)) \(sequence)").utf8)) })
            {
                return sequence
            }
        }
        guard let last = lines.last else { return nil }
        let words = String(decoding: last, as: UTF8.self).split(separator: " ")
        guard words.count == 4, let sequence = UInt64(words[1]),
            last.starts(with: Array(sealed("end \(sequence)").utf8.dropLast()))
        else { return nil }
        return sequence
    }

    private static func take(_ words: [String], into manifest: inout Manifest) -> Bool {
        switch (words.first, words.count) {
        case ("peopled", 6):
            guard let sequence = UInt64(words[4]) else { return false }
            manifest.sequence = sequence
        case ("source", 10):
            guard let source = source(words) else { return false }
            manifest.sources.append(source)
        case ("index", 7):
            guard let index = index(words) else { return false }
            manifest.index = index
        case ("file", 5):
            guard let size = Int(words[1]), let modified = Int64(words[2]), let digest = unescape(words[3]),
                let path = unescape(words[4])
            else { return false }
            manifest.index?.metadata.files.append(
                ImportedFile(path: path, size: size, modified: modified, digest: digest))
        case ("segment", 8):
            guard let number = UInt32(words[1]), let size = Int(words[3]), let tail = UInt32(words[5], radix: 16),
                let entries = Int(words[7])
            else { return false }
            manifest.index?.segments.append(SegmentFile(number: number, size: size, tail: tail, entries: entries))
        case ("journal", 6):
            guard let number = UInt32(words[1]), let length = Int(words[3]), let chain = UInt32(words[5], radix: 16)
            else { return false }
            manifest.index?.journal = JournalFile(
                number: number, position: JournalPosition(length: length, chain: chain))
        case ("end", 4): break
        default: return false
        }
        return true
    }

    private static func index(_ words: [String]) -> IndexManifest? {
        guard let next = UInt32(words[2]), let imported = Int64(words[4]), let suffix = unescape(words[6]) else {
            return nil
        }
        let metadata = ImportMetadata(suffix: suffix, imported: imported, files: [])
        return IndexManifest(metadata: metadata, nextFile: next, segments: [], journal: nil)
    }

    private static func source(_ words: [String]) -> SourceState? {
        guard let id = SourceID(words[1]), let position = UInt64(words[3]), let people = Int(words[5]),
            let time = Int64(words[7]), let name = unescape(words[9])
        else { return nil }
        return SourceState(id: id, name: name, position: position, people: people, snapshotTime: time)
    }

    /// A line that carries its own checksum.
    private static func sealed(_ line: String) -> String { "\(line) \(hex(checksum(line)))\n" }

    private static func checksum(_ text: String) -> UInt32 { CRC32C.checksum(Array(text.utf8).span) }

    private static func hex(_ number: UInt32) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: 8 - digits.count) + digits
    }

    static func escape(_ text: String) -> String {
        var escaped = ""
        for octet in text.utf8 {
            if (0x21...0x7E).contains(octet), octet != 0x25 {
                escaped.unicodeScalars.append(Unicode.Scalar(octet))
            } else {
                escaped += octet < 16 ? "%0" : "%"
                escaped += String(octet, radix: 16)
            }
        }
        return escaped
    }

    static func unescape(_ text: String) -> String? {
        var octets: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let octet = rest.popFirst() {
            guard octet == 0x25 else {
                octets.append(octet)
                continue
            }
            guard rest.count >= 2, let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) else {
                return nil
            }
            octets.append(value)
            rest = rest.dropFirst(2)
        }
        return String(validating: octets, as: UTF8.self)
    }
}

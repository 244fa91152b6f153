public import AttributeIndex
import LDIF
import Schema

/// Writes a generation as LDIF (RFC 2849) that imports to the same directory again.
///
/// Everything stored is written: operational attributes and passwords too, for this is an administrator's copy. Only which
/// identity provider gives an entry is not: LDIF gives it from then on.
/// There is no `version: 1` line, as slapcat writes none: slapadd takes it for an attribute, and every reader does without.
public struct LDIFExport {
    private let generation: Generation

    /// Octets gathered before they are handed over.
    private static let chunkLength = 256 << 10

    /// An export of this generation.
    public init(generation: Generation) {
        self.generation = generation
    }

    /// Writes all entries, parents before what is below them, in the order of their DIT keys.
    /// - Parameters:
    ///   - write: takes the text, a part at a time.
    ///   - progress: told how many entries are written, every so often.
    /// - Returns: how many entries there were.
    @discardableResult
    public func run(
        write: ([UInt8]) throws -> Void, progress: ((Int) -> Void)? = nil
    ) throws -> Int {
        var writer = LDIFWriter()
        var cursor = GenerationCursor(generation)
        var count = 0
        while let place = try cursor.next() {
            try writeEntry(place, to: &writer)
            count += 1
            if writer.output.count >= Self.chunkLength {
                try write(writer.output)
                writer.output.removeAll(keepingCapacity: true)
            }
            if count % LDIFImport.progressInterval == 0 { progress?(count) }
        }
        try write(writer.output)
        progress?(count)
        return count
    }

    private func writeEntry(_ place: EntryPlace, to writer: inout LDIFWriter) throws(SegmentError) {
        let segment = generation.segments[place.segment]
        let view = try segment.view(place.entry)
        writer.line("dn", try segment.dn(view))
        var items = segment.items(view)
        while let item = try items.next(in: segment) {
            let name = segment.attributes[item.attribute].name
            if name == EntrySource.attribute { continue }
            var values = try segment.valueRanges(of: item)
            while let value = try values.next(in: segment) {
                writer.line(name, try segment.octets(value))
            }
        }
        writer.endRecord()
    }
}

/// Goes through the live entries of a generation in the order of their DIT keys, whatever segments they are in.
struct GenerationCursor {
    private let generation: Generation
    /// The next entry of each segment.
    private var positions: [EntryID]

    init(_ generation: Generation) {
        self.generation = generation
        positions = generation.segments.map { _ in 0 }
    }

    /// The next entry; nil after the last.
    mutating func next() throws(SegmentError) -> EntryPlace? {
        var best: EntryPlace?
        for (index, segment) in generation.segments.enumerated() {
            while positions[index] < segment.entryCount, generation.isDead(segment: index, entry: positions[index]) {
                positions[index] += 1
            }
            guard positions[index] < segment.entryCount else { continue }
            let place = EntryPlace(segment: index, entry: positions[index])
            if let other = best, try !precedes(place, other) { continue }
            best = place
        }
        if let best { positions[best.segment] += 1 }
        return best
    }

    private func precedes(_ left: EntryPlace, _ right: EntryPlace) throws(SegmentError) -> Bool {
        let (leftSegment, rightSegment) = (generation.segments[left.segment], generation.segments[right.segment])
        let leftKey = try leftSegment.entryKey(left.entry)
        let rightKey = try rightSegment.entryKey(right.entry)
        for index in 0..<min(leftKey.count, rightKey.count) where leftKey[index] != rightKey[index] {
            return leftKey[index] < rightKey[index]
        }
        return leftKey.count < rightKey.count
    }
}

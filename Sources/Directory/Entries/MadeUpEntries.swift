public import AttributeIndex
import Schema

/// An entry that is no part of the index, as a server says of itself.
public struct MadeUpEntry: Sendable {
    /// Its name.
    public var dn: String
    /// Its attributes, by name; those without values, and those that the schema lacks, are left out.
    public var attributes: [(name: String, values: [String])]

    /// An entry.
    public init(dn: String, attributes: [(name: String, values: [String])]) {
        self.dn = dn
        self.attributes = attributes
    }
}

extension DirectoryView {
    /// The names of the entries that nothing is above.
    public var suffixes: [String] {
        let roots = (try? generation.roots()) ?? []
        return roots.compactMap { place in try? String(octets: segment(place.segment).dn(place.entry)) }
    }

    /// A view of these entries alone, in the same schema, to be searched and compared like any other. `sequence` is what its
    /// generation is numbered by.
    ///
    /// - Throws: where the entries are none, or have names that are none or stand twice.
    public func view(of entries: [MadeUpEntry], sequence: UInt64) throws(SegmentError) -> DirectoryView {
        var builder = SegmentBuilder(schema: schema)
        for entry in entries {
            guard let dn = try? DistinguishedName(parsing: entry.dn, schema: schema) else {
                throw SegmentError(.invalidRecord, "\(entry.dn) is no name")
            }
            try builder.add(VirtualEntries.record(dn: dn, entry.attributes, schema))
        }
        let segment = try Segment(mapping: builder.finish(name: "made up").mapping, schema: schema)
        let generation = try Generation(sequence: sequence, schema: schema, segments: [segment])
        return try DirectoryView(generation, DirectoryConfiguration(), reusing: self)
    }
}

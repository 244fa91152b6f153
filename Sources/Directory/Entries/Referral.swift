import AttributeIndex
import LDAP
import Schema

/// The URLs of referral entries (RFC 3296), rewritten for whom they are given to as OpenLDAP does: with the name that the
/// client has to ask for there, and the scope where the client's would be wrong.
enum Referral {
    /// For a search that came across the entry: the URL's own name, or the entry's; and what is left of the scope.
    static func continuation(
        _ context: borrowing SegmentContext, _ entry: EntryID, isOneLevel: Bool
    ) throws(SegmentError) -> [String] {
        let base = String(octets: try context.segment.dn(entry))
        return try urls(context, entry).compactMap { url in
            guard var parsed = try? LDAPURL(parsing: url) else { return url.hasLDAPScheme ? nil : url }
            if parsed.dn.isEmpty { parsed.dn = base }
            if parsed.scope == nil { parsed.scope = isOneLevel ? .base : .sub }
            return parsed.description
        }
    }

    /// For an operation on the entry or one below it: the name asked for, with the part that the URL's name stands for
    /// replaced. `scope` is a search's.
    static func result(
        _ context: borrowing SegmentContext, _ entry: EntryID, target: Span<UInt8>, scope: SearchScope?
    ) throws(SegmentError) -> [String] {
        let schema = context.served.schema
        let base = try context.segment.name(of: entry, schema)
        guard let wanted = try? DistinguishedName(parsing: target, schema: schema) else { return [] }
        return try urls(context, entry).compactMap { url in
            guard var parsed = try? LDAPURL(parsing: url) else { return url.hasLDAPScheme ? nil : url }
            parsed.dn = replace(base, in: wanted, with: parsed.dn, schema)
            if parsed.scope == nil { parsed.scope = scope }
            return parsed.description
        }
    }

    /// The values of `ref`, each up to the label that may follow (RFC 3296 section 2.2).
    static func urls(_ context: borrowing SegmentContext, _ entry: EntryID) throws(SegmentError) -> [String] {
        guard let type = context.served.environment.types.ref else { return [] }
        var urls: [String] = []
        for value in try context.segment.values(of: type, in: context.segment.view(entry)) {
            let url = value.prefix { $0 != 0x20 && !(0x09...0x0D).contains($0) }
            if !url.isEmpty { urls.append(String(decoding: url, as: UTF8.self)) }
        }
        return urls
    }

    private static func replace(
        _ base: DistinguishedName, in wanted: DistinguishedName, with other: String, _ schema: Schema
    ) -> String {
        guard !other.isEmpty, let replacement = try? DistinguishedName(parsing: other, schema: schema),
            replacement != base, DITKey.isWithin(wanted.key.span, subtreeOf: base.key.span)
        else { return wanted.description }
        let above = wanted.rdns.prefix(wanted.depth - base.depth)
        return (above.map(\.description) + [replacement.description]).joined(separator: ",")
    }
}

extension String {
    /// The text of octets that are UTF-8, or nearly.
    init(octets: Span<UInt8>) {
        self.init(
            decoding: [UInt8](capacity: octets.count) { output in
                for index in octets.indices { output.append(octets[index]) }
            }, as: UTF8.self)
    }

    /// Whether it begins as an LDAP URL does, so that one which is none is wrong and not of another kind.
    fileprivate var hasLDAPScheme: Bool {
        let scheme = prefix { $0 != ":" }.lowercased()
        return scheme == "ldap" || scheme == "ldaps" || scheme == "ldapi"
    }
}

extension Segment {
    /// The values that an entry has of a type, its subtypes left out.
    func values(of type: AttributeTypeID, in view: EntryView) throws(SegmentError) -> [[UInt8]] {
        var items = items(view)
        while let item = try items.next(in: self) {
            let description = attributes[item.attribute].description
            if description.type == type, description.options.isEmpty { return try values(of: item) }
        }
        return []
    }
}

import AttributeIndex
import BER
import LDAP
import ReusedMemory
import Schema

extension SearchEngine {
    /// Writes the SearchResultEntry of the entry in `entry` (RFC 4511 section 4.5.2). Stored attributes are copied as they
    /// are, and all lengths are known before the first octet is written.
    mutating func writeEntry(_ context: borrowing SegmentContext, into writer: inout BERWriter) throws(SegmentError) {
        guard let found = entry.view else { return }
        let segment = context.segment
        if !context.isVirtual, let mask = entry.mask { selection.restrict(to: mask, context) }
        extra.removeAll()
        let whole = selection.isAllUserOnly && !typesOnly
        let part = selection.isPartOfUser && !typesOnly
        var length = 0
        if whole {
            length = found.userAttributes.count
        } else if part {
            length = try segment.userAttributes(of: found, keeping: selection.returned, into: &parts)
        } else if !selection.isEmpty || !selection.computed.isEmpty {
            length = try prepareAttributes(context, found)
        }
        let name = try segment.octets(found.objectName)
        let operation = name.count + BERWriter.headerSize(length: length) + length
        let identifier = BERWriter.integerSize(messageID)
        writer.header(
            BERTag.sequence, length: identifier + BERWriter.headerSize(length: operation) + operation)
        writer.integer(messageID)
        writer.header(ResponseOperation.searchResultEntry.rawValue, length: operation)
        writer.append(name)
        writer.header(BERTag.sequence, length: length)
        if whole {
            writer.append(try segment.octets(found.userAttributes))
            return
        }
        guard length > 0 else { return }
        if part {
            for index in parts.indices { writer.append(try segment.octets(parts[index])) }
            return
        }
        if !typesOnly {
            for index in entry.items.indices where selection.returned[entry.items[index].attribute] {
                writer.append(try segment.octets(entry.items[index].slice))
            }
        }
        writer.append(extra.bytes)
    }

    /// The octets that the wanted attributes take; those that are not copied are in `extra`.
    private mutating func prepareAttributes(
        _ context: borrowing SegmentContext, _ found: EntryView
    ) throws(SegmentError) -> Int {
        let segment = context.segment
        var length = 0
        if !selection.isEmpty {
            if selection.isAllUserOnly { selection.returnEverything(context) }
            var wanted = selection.returnedCount
            var index = 0
            while wanted > 0, try entry.read(upTo: index, in: segment) {
                let item = entry.items[index]
                index += 1
                guard selection.returned[item.attribute] else { continue }
                wanted -= 1
                if typesOnly {
                    writeType(segment.attributes[item.attribute].name)
                } else {
                    length += item.slice.count
                }
            }
        }
        if !selection.computed.isEmpty { try writeComputed(context, found) }
        return length + extra.count
    }

    /// A PartialAttribute without values.
    private mutating func writeType(_ name: String) {
        let attribute = extra.begin(BERTag.sequence)
        extra.octetString(name)
        extra.header(BERTag.set, length: 0)
        extra.end(attribute)
    }

    private mutating func writeComputed(
        _ context: borrowing SegmentContext, _ found: EntryView
    ) throws(SegmentError) {
        let segment = context.segment
        let view = context.served
        for attribute in ComputedAttribute.allCases
        where selection.computed.contains(ComputedAttributes(attribute)) {
            guard context.isVirtual ? attribute.appliesToVirtualEntries : isReadable(attribute, view) else { continue }
            switch attribute {
            case .entryDN:
                let mark = begin(attribute, view)
                if !typesOnly { extra.octetString(try segment.dn(found)) }
                end(mark)
            case .subschemaSubentry:
                let mark = begin(attribute, view)
                if !typesOnly { extra.octetString(Subschema.name) }
                end(mark)
            case .hasSubordinates:
                let mark = begin(attribute, view)
                let count = try entry.childCount(segment.octets(found.key), limit: 1, context)
                if !typesOnly { extra.octetString(count > 0 ? "TRUE" : "FALSE") }
                end(mark)
            case .numSubordinates:
                let mark = begin(attribute, view)
                let count = try entry.childCount(segment.octets(found.key), limit: .max, context)
                if !typesOnly { extra.octetString(String(count)) }
                end(mark)
            case .memberOf:
                let groups = try groups(ofEntry: segment.octets(found.key), view)
                guard !groups.isEmpty else { continue }
                let mark = begin(attribute, view)
                if !typesOnly {
                    for place in groups { extra.octetString(try view.segment(place.segment).dn(place.entry)) }
                }
                end(mark)
            }
        }
    }

    /// Whether the requester may read a computed attribute of the entry at hand.
    private func isReadable(_ attribute: ComputedAttribute, _ view: ServedGeneration) -> Bool {
        guard let mask = entry.mask else { return access == nil }
        return view.environment.types.type(of: attribute).map { mask.grants(.read, on: $0) } ?? false
    }

    /// The groups of the entry at hand that the requester may read.
    private func groups(
        ofEntry key: Span<UInt8>, _ served: ServedGeneration
    ) throws(SegmentError) -> [EntryPlace] {
        guard let access, let view = entry.accessView, entry.mask != nil else {
            return access == nil ? try served.groups(ofEntry: key) : []
        }
        return try access.groups(ofEntry: key, .read, view)
    }

    private mutating func begin(
        _ attribute: ComputedAttribute, _ view: ServedGeneration
    ) -> (sequence: BERMark, set: BERMark) {
        let sequence = extra.begin(BERTag.sequence)
        extra.octetString(attribute.name)
        return (sequence, extra.begin(BERTag.set))
    }

    private mutating func end(_ mark: (sequence: BERMark, set: BERMark)) {
        extra.end(mark.set)
        extra.end(mark.sequence)
    }

    /// Writes a SearchResultReference for each referral entry in scope, whatever the filter says (RFC 3296 section 5.2).
    mutating func writeReferences(
        _ context: borrowing SegmentContext, into writer: inout BERWriter, work: inout Int, limit: Int
    ) throws(SegmentError) {
        let root = roots[rootIndex]
        while work < limit {
            work += 1
            guard let id = try references.next(in: context.segment), id < range.upperBound else {
                beginCandidates(context)
                return
            }
            guard id >= range.lowerBound, !context.served.isDead(context.index, id),
                try context.segment.flags(id).contains(.referral)
            else { continue }
            if root.kind == .children {
                guard try context.segment.depth(id) == DITKey.depth(of: root.key.span) + 1 else { continue }
            }
            if access != nil {
                guard try isReferralReadable(id, context) else { continue }
            }
            let urls = try Referral.continuation(context, id, isOneLevel: scope == .one)
            guard !urls.isEmpty else { continue }
            writeSearchResultReference(
                to: &writer, messageID: MessageID(rawValue: Int32(truncatingIfNeeded: messageID)) ?? .unsolicited,
                urls: urls)
            referenceCount += 1
        }
    }
}

extension SearchEngine {
    /// Whether the requester may be sent on by a referral entry.
    private mutating func isReferralReadable(
        _ id: EntryID, _ context: borrowing SegmentContext
    ) throws(SegmentError) -> Bool {
        guard let view = entry.accessView else { return false }
        return try GrantedView(view: view, access: access).mayRefer(EntryPlace(segment: context.index, entry: id))
    }
}

extension BERWriter {
    /// The octets that an INTEGER takes, identifier and length included.
    static func integerSize(_ value: Int64) -> Int {
        let magnitude = value < 0 ? ~value : value
        return 2 + (Int64.bitWidth - magnitude.leadingZeroBitCount) / 8 + 1
    }
}

import BER
import ReusedMemory

extension FlatFilter {
    @_lifetime(reader: copy reader)
    mutating func decode(_ reader: inout ElementReader) throws(LDAPDecodingError) {
        removeAll()
        do throws(LDAPDecodingError) {
            let outermost = try reader.header()
            if try add(outermost, reader) { try decodeComponents(of: outermost, reader) }
        } catch {
            removeAll()
            throw error
        }
    }

    private mutating func removeAll() {
        nodes.removeAll()
        parts.removeAll()
        open.removeAll()
    }

    /// Reads what is inside the outermost component, which is the one that is open. `cursor` is always inside the innermost
    /// open component, or at its end.
    private mutating func decodeComponents(
        of outermost: BERHeader, _ reader: borrowing ElementReader
    ) throws(LDAPDecodingError) {
        var cursor = reader.reader(of: outermost.contents)
        while let innermost = open.last {
            guard !cursor.isAtEnd else {
                try close(innermost)
                cursor = reader.reader(of: innermost.end..<(open.last?.end ?? innermost.end))
                continue
            }
            let element = try cursor.header()
            nodes[innermost.node].childCount += 1
            if try add(element, reader) { cursor = reader.reader(of: element.contents) }
        }
    }

    /// Completes the innermost open component.
    private mutating func close(_ component: OpenComponent) throws(LDAPDecodingError) {
        open.removeLast()
        nodes[component.node].subtreeEnd = nodes.count
        guard nodes[component.node].kind == .not, nodes[component.node].childCount != 1 else { return }
        throw .malformed("a not filter without exactly one component")
    }

    /// Appends the component whose element is `header`; says whether its contents are components to be read next.
    private mutating func add(
        _ header: BERHeader, _ reader: borrowing ElementReader
    ) throws(LDAPDecodingError) -> Bool {
        guard nodes.count < Limits.filterElements else {
            throw .protocolError(reader.messageID, "the filter has too many components")
        }
        switch header.tag {
        case FilterTag.and: return try begin(.and, header, reader)
        case FilterTag.or: return try begin(.or, header, reader)
        case FilterTag.not: return try begin(.not, header, reader)
        case FilterTag.equality: try addAssertion(.equality, header, reader)
        case FilterTag.greaterOrEqual: try addAssertion(.greaterOrEqual, header, reader)
        case FilterTag.lessOrEqual: try addAssertion(.lessOrEqual, header, reader)
        case FilterTag.approximate: try addAssertion(.approximate, header, reader)
        case FilterTag.substrings: try addSubstrings(header, reader)
        case FilterTag.extensible: try addExtensible(header, reader)
        case FilterTag.present:
            var node = item(.present)
            node.attribute = header.contents
            nodes.append(node)
        default: try addUnknown(header)
        }
        return false
    }

    private func item(_ kind: FilterKind) -> FilterNode { FilterNode(kind: kind, subtreeEnd: nodes.count + 1) }

    private mutating func begin(
        _ kind: FilterKind, _ header: BERHeader, _ reader: borrowing ElementReader
    ) throws(LDAPDecodingError) -> Bool {
        guard open.count < Limits.filterDepth else {
            throw .protocolError(reader.messageID, "the filter is nested too deeply")
        }
        open.append(OpenComponent(node: nodes.count, end: header.contents.upperBound))
        nodes.append(item(kind))
        return true
    }

    /// AttributeValueAssertion (RFC 4511 §4.1.6).
    private mutating func addAssertion(
        _ kind: FilterKind, _ header: BERHeader, _ reader: borrowing ElementReader
    ) throws(LDAPDecodingError) {
        var assertion = reader.reader(of: header.contents)
        var node = item(kind)
        node.attribute = try assertion.octets()
        node.value = try assertion.octets()
        try assertion.ignoreRest()
        nodes.append(node)
    }

    /// SubstringFilter (RFC 4511 §4.5.1.7.2).
    private mutating func addSubstrings(
        _ header: BERHeader, _ reader: borrowing ElementReader
    ) throws(LDAPDecodingError) {
        var assertion = reader.reader(of: header.contents)
        var node = item(.substrings)
        node.attribute = try assertion.octets()
        var list = try assertion.constructed(BERTag.sequence)
        try assertion.ignoreRest()
        let first = parts.count
        var isSound = true
        while !list.isAtEnd {
            guard parts.count - first < Limits.substringParts else {
                throw .protocolError(reader.messageID, "a substrings assertion has too many parts")
            }
            let part = try list.header()
            isSound = try add(part, isFirst: parts.count == first) && isSound
        }
        node.parts = first..<parts.count
        // The final part is the last: whatever comes after one is misplaced.
        let hasFinalBeforeLast = node.parts.dropLast().contains { parts[$0].kind == .final }
        if !isSound || node.parts.isEmpty || hasFinalBeforeLast { node.kind = .undefined }
        nodes.append(node)
    }

    /// Adds one part; says whether it may stand there.
    private mutating func add(_ part: BERHeader, isFirst: Bool) throws(LDAPDecodingError) -> Bool {
        let kind: SubstringPart.Kind
        switch part.tag {
        case FilterTag.initialPart: kind = .initial
        case FilterTag.anyPart: kind = .any
        case FilterTag.finalPart: kind = .final
        default:
            // A choice that a later version may define is undefined; a known one in the wrong form is no substring.
            guard part.tag & BERTag.classMask == BERTag.contextClass, part.tag & 0x1F > 2 else {
                throw .malformed("a substring of no known form")
            }
            return false
        }
        parts.append(SubstringPart(kind: kind, value: part.contents))
        return !part.contents.isEmpty && (kind != .initial || isFirst)
    }

    /// MatchingRuleAssertion (RFC 4511 §4.5.1.7.7).
    private mutating func addExtensible(
        _ header: BERHeader, _ reader: borrowing ElementReader
    ) throws(LDAPDecodingError) {
        var assertion = reader.reader(of: header.contents)
        var node = item(.extensible)
        node.matchingRule = try assertion.optionalOctets(Tag.matchingRule)
        node.attribute = try assertion.optionalOctets(Tag.matchingType) ?? 0..<0
        node.value = try assertion.octets(Tag.matchValue)
        node.dnAttributes = try assertion.booleanOrFalse(Tag.dnAttributes)
        try assertion.ignoreRest()
        // "If the matchingRule field is absent, the type field MUST be present."
        if node.matchingRule == nil, node.attribute.isEmpty { node.kind = .undefined }
        nodes.append(node)
    }

    /// A choice that this version of LDAP does not define is undefined; a known one in the wrong form is no filter.
    private mutating func addUnknown(_ header: BERHeader) throws(LDAPDecodingError) {
        guard header.tag & BERTag.classMask == BERTag.contextClass, header.tag & 0x1F > 9 else {
            throw .malformed("a filter of no known form")
        }
        nodes.append(item(.undefined))
    }
}

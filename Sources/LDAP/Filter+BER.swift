public import BER
import ReusedMemory

extension Filter {
    /// A step of writing a filter: a component still to be written, or the end of one that was begun.
    private enum Step {
        case write(Filter)
        case end(BERMark)
    }

    /// Writes the filter as an element, without recursion: how deep it is costs only memory.
    public func encode(into writer: inout BERWriter) {
        var steps = [Step.write(self)]
        while let step = steps.popLast() {
            switch step {
            case .end(let mark): writer.end(mark)
            case .write(.and(let filters)): Filter.begin(FilterTag.and, filters, &steps, &writer)
            case .write(.or(let filters)): Filter.begin(FilterTag.or, filters, &steps, &writer)
            case .write(.not(let filter)): Filter.begin(FilterTag.not, [filter], &steps, &writer)
            case .write(let item): item.encodeItem(into: &writer)
            }
        }
    }

    private static func begin(_ tag: UInt8, _ filters: [Filter], _ steps: inout [Step], _ writer: inout BERWriter) {
        steps.append(.end(writer.begin(tag)))
        for filter in filters.reversed() { steps.append(.write(filter)) }
    }

    private func encodeItem(into writer: inout BERWriter) {
        switch self {
        case .equality(let attribute, let value): writer.assertion(FilterTag.equality, attribute, value)
        case .greaterOrEqual(let attribute, let value): writer.assertion(FilterTag.greaterOrEqual, attribute, value)
        case .lessOrEqual(let attribute, let value): writer.assertion(FilterTag.lessOrEqual, attribute, value)
        case .approximate(let attribute, let value): writer.assertion(FilterTag.approximate, attribute, value)
        case .present(let attribute): writer.octetString(attribute, tag: FilterTag.present)
        case .substrings(let attribute, let parts): parts.encode(attribute, into: &writer)
        case .extensible(let assertion): assertion.encode(into: &writer)
        case .and, .or, .not: break
        }
    }
}

extension BERWriter {
    fileprivate mutating func assertion(_ tag: UInt8, _ attribute: String, _ value: [UInt8]) {
        let mark = begin(tag)
        octetString(attribute)
        octetString(value)
        end(mark)
    }
}

extension Filter.Substrings {
    fileprivate func encode(_ attribute: String, into writer: inout BERWriter) {
        let mark = writer.begin(FilterTag.substrings)
        writer.octetString(attribute)
        let parts = writer.begin(BERTag.sequence)
        if let initial { writer.octetString(initial, tag: FilterTag.initialPart) }
        for part in any { writer.octetString(part, tag: FilterTag.anyPart) }
        if let final { writer.octetString(final, tag: FilterTag.finalPart) }
        writer.end(parts)
        writer.end(mark)
    }
}

extension Filter.MatchingRuleAssertion {
    fileprivate func encode(into writer: inout BERWriter) {
        let mark = writer.begin(FilterTag.extensible)
        if let rule { writer.octetString(rule, tag: Tag.matchingRule) }
        if let attribute { writer.octetString(attribute, tag: Tag.matchingType) }
        writer.octetString(value, tag: Tag.matchValue)
        if dnAttributes { writer.boolean(true, tag: Tag.dnAttributes) }
        writer.end(mark)
    }
}

extension Filter {
    /// Reads the filter element at `reader`'s position.
    ///
    /// - Throws: `.malformed` for wrong structure; `.protocolError` for what a server would call Undefined, for a name that
    ///   is not UTF-8, and for more than `Limits` allows.
    @_lifetime(reader: copy reader)
    public init(decoding reader: inout BERReader, messageID: MessageID) throws(LDAPDecodingError) {
        var elements = ElementReader(reader, messageID)
        try self.init(&elements)
        reader = elements.ber
    }

    @_lifetime(reader: copy reader)
    init(_ reader: inout ElementReader) throws(LDAPDecodingError) {
        var flat = FlatFilter()
        try flat.decode(&reader)
        self = try Filter(flat, reader)
    }

    /// Builds the tree from its components in pre-order, last first: a component finds its children on top of the stack.
    private init(_ flat: borrowing FlatFilter, _ reader: borrowing ElementReader) throws(LDAPDecodingError) {
        var built: [Filter] = []
        for index in flat.nodes.indices.reversed() {
            let node = flat.nodes[index]
            let children = Array(built.suffix(Int(node.childCount)).reversed())
            built.removeLast(children.count)
            switch node.kind {
            case .and: built.append(.and(children))
            case .or: built.append(.or(children))
            case .not: built.append(contentsOf: children.map(Filter.not))
            default: built.append(try Filter(item: node, flat.parts.span, reader))
            }
        }
        guard let root = built.last else { throw .malformed("no filter") }
        self = root
    }

    private init(
        item node: FilterNode, _ parts: Span<SubstringPart>, _ reader: borrowing ElementReader
    ) throws(LDAPDecodingError) {
        let attribute = try reader.string(node.attribute)
        let value = reader.array(node.value)
        switch node.kind {
        case .equality: self = .equality(attribute, value)
        case .greaterOrEqual: self = .greaterOrEqual(attribute, value)
        case .lessOrEqual: self = .lessOrEqual(attribute, value)
        case .approximate: self = .approximate(attribute, value)
        case .present: self = .present(attribute)
        case .substrings: self = .substrings(attribute, Substrings(parts.extracting(node.parts), reader))
        case .extensible:
            var assertion = MatchingRuleAssertion(value: value, dnAttributes: node.dnAttributes)
            assertion.attribute = attribute.isEmpty ? nil : attribute
            if let rule = node.matchingRule { assertion.rule = try reader.string(rule) }
            self = .extensible(assertion)
        case .undefined, .and, .or, .not:
            throw .protocolError(reader.messageID, "a filter component that asks nothing")
        }
    }
}

extension Filter.Substrings {
    fileprivate init(_ parts: Span<SubstringPart>, _ reader: borrowing ElementReader) {
        self.init()
        for index in parts.indices {
            let part = parts[index]
            switch part.kind {
            case .initial: initial = reader.array(part.value)
            case .any: any.append(reader.array(part.value))
            case .final: final = reader.array(part.value)
            }
        }
    }
}

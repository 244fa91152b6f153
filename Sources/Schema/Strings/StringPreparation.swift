/// String preparation (RFC 4518): transcode, map, normalise, prohibit, and insignificant spaces.
///
/// What is appended is the prepared string with single spaces inside and none at its ends, where the RFC writes two and
/// one: the same strings are equal and the same order results, in fewer octets. A string of nothing but spaces is one
/// space. Parts of substring assertions keep one space at an end that another part may continue, as OpenLDAP has it;
/// so "foo " finds "foo bar" and not "foo", where the RFC's outer spaces would find both.
enum StringPreparation {
    /// Appends the prepared form of UTF-8 text.
    ///
    /// - Parameters:
    ///   - folding: whether case is folded (RFC 4518 section 2.2, last paragraph).
    ///   - position: nil for whole values, or which part of a substring assertion this is.
    ///   - prohibiting: whether code points of section 2.4 are an error; otherwise they stay.
    static func append(
        _ text: Span<UInt8>, folding: Bool, position: MatchingRule.SubstringPosition? = nil, prohibiting: Bool,
        to key: inout [UInt8]
    ) throws(SyntaxError) {
        let edges = SpaceEdges(position)
        let start = key.count
        if appendASCII(text, folding: folding, edges: edges, to: &key) { return }
        key.removeSubrange(start...)
        try appendUnicode(text, folding: folding, edges: edges, prohibiting: prohibiting, to: &key)
    }

    /// Appends the prepared form of an IA5 string, which is refused if it is not one.
    static func appendIA5(
        _ text: Span<UInt8>, folding: Bool, position: MatchingRule.SubstringPosition? = nil, to key: inout [UInt8]
    ) throws(SyntaxError) {
        guard appendASCII(text, folding: folding, edges: SpaceEdges(position), to: &key) else {
            try SyntaxKind.ia5String.validateText(text)
            return
        }
    }

    /// Which ends keep a space.
    struct SpaceEdges {
        let keepsLeading: Bool
        let keepsTrailing: Bool
        /// The last part of a substring assertion: what follows nothing else.
        var isFinal: Bool { keepsLeading && !keepsTrailing }

        init(keepsLeading: Bool, keepsTrailing: Bool) {
            self.keepsLeading = keepsLeading
            self.keepsTrailing = keepsTrailing
        }

        init(_ position: MatchingRule.SubstringPosition?) {
            keepsLeading = position == .any || position == .final
            keepsTrailing = position == .any || position == .initial
        }
    }

    /// Prepares ASCII straight into the key; false at the first octet that is not ASCII, with part of it written.
    static func appendASCII(
        _ text: Span<UInt8>, folding: Bool, edges: SpaceEdges, to key: inout [UInt8]
    ) -> Bool {
        var isASCII = false
        // What is prepared is never longer than what is given, but for a space.
        key.append(addingCapacity: text.count + 1) { output in
            isASCII = prepareASCII(text, folding: folding, edges: edges, into: &output)
        }
        return isASCII
    }

    /// Appends prepared ASCII; false at the first octet that is not ASCII.
    @inline(__always)
    private static func prepareASCII(
        _ text: Span<UInt8>, folding: Bool, edges: SpaceEdges, into output: inout OutputSpan<UInt8>
    ) -> Bool {
        let start = output.count
        var pendingSpace = false
        for index in text.indices {
            let octet = text[index]
            if octet &- 0x21 < 0x5E {
                if pendingSpace {
                    if output.count > start || edges.keepsLeading { output.append(ASCII.space) }
                    pendingSpace = false
                }
                output.append(folding ? ASCII.lowercased(octet) : octet)
            } else if octet > 0x7F {
                return false
            } else if octet == ASCII.space || octet &- 0x09 < 5 {
                // 2.2: tab, line feed, vertical tab, form feed and carriage return are spaces.
                pendingSpace = true
            }
            // Other controls are mapped to nothing.
        }
        if keepsSpace(isEmpty: output.count == start, pendingSpace: pendingSpace, edges: edges) {
            output.append(ASCII.space)
        }
        return true
    }

    /// Whether a string keeps a space at its end, or is one.
    private static func keepsSpace(isEmpty: Bool, pendingSpace: Bool, edges: SpaceEdges) -> Bool {
        // 2.6.1: a string without any other character is a space. As a final part it is the space that every prepared value
        // ends with, which keys do without: it is found in all of them.
        isEmpty ? !edges.isFinal : pendingSpace && edges.keepsTrailing
    }

    private static func appendUnicode(
        _ text: Span<UInt8>, folding: Bool, edges: SpaceEdges, prohibiting: Bool, to key: inout [UInt8]
    ) throws(SyntaxError) {
        try UTF8Check.validate(text)
        var octets: [UInt8] = []
        octets.append(copying: text)
        let string = String(decoding: octets, as: UTF8.self)
        let prepared = try normalize(string.unicodeScalars, folding: folding, prohibiting: prohibiting)
        let start = key.count
        var pendingSpace = false
        var scalars = prepared.makeIterator()
        var next = scalars.next()
        while let scalar = next {
            next = scalars.next()
            // 2.6.1: a SPACE that combining marks follow is no space.
            if scalar == " ", next.map(CodePoints.isCombiningMark) != true {
                pendingSpace = true
                continue
            }
            if pendingSpace {
                if key.count > start || edges.keepsLeading { key.append(ASCII.space) }
                pendingSpace = false
            }
            key.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
        }
        if keepsSpace(isEmpty: key.count == start, pendingSpace: pendingSpace, edges: edges) { key.append(ASCII.space) }
    }

    /// Sections 2.2 to 2.4. Folding and NFKC are done twice: RFC 3454 table B.2 maps such that one pass is stable, while
    /// a simple fold before NFKC misses capitals that only a compatibility decomposition brings out ("℡").
    private static func normalize(
        _ scalars: String.UnicodeScalarView, folding: Bool, prohibiting: Bool
    ) throws(SyntaxError) -> String.UnicodeScalarView {
        var mapped = CodePoints.map(scalars, folding: folding)
        mapped = NFKC.normalize(mapped)
        if folding, mapped.contains(where: CaseFolding.changes) {
            mapped = NFKC.normalize(CaseFolding.fold(mapped))
        }
        if prohibiting, mapped.contains(where: CodePoints.isProhibited) {
            throw SyntaxError(.prohibitedCodePoint, at: 0, expected: "no code point that RFC 4518 prohibits")
        }
        return mapped
    }
}

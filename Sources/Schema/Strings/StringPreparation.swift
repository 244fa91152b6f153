import UnicodeNormalization

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
        if appendLatin(text, folding: folding, edges: edges, isASCII: false, to: &key) { return }
        key.removeSubrange(start...)
        try appendUnicode(text, folding: folding, edges: edges, prohibiting: prohibiting, to: &key)
    }

    /// Appends the prepared form of an IA5 string, which is refused if it is not one.
    static func appendIA5(
        _ text: Span<UInt8>, folding: Bool, position: MatchingRule.SubstringPosition? = nil, to key: inout [UInt8]
    ) throws(SyntaxError) {
        guard appendLatin(text, folding: folding, edges: SpaceEdges(position), isASCII: true, to: &key) else {
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

    /// Prepares ASCII, and the letters from À to ÿ unless only ASCII is asked for, straight into the key: what nearly all
    /// values consist of. Those letters are what they are after normalisation, whatever stands beside them here, and but for
    /// ß fold to one of them.
    ///
    /// - Returns: false at the first octet that is something else, with part of the text written.
    private static func appendLatin(
        _ text: Span<UInt8>, folding: Bool, edges: SpaceEdges, isASCII: Bool, to key: inout [UInt8]
    ) -> Bool {
        var isWhole = false
        // What is prepared is never longer than what is given, but for a space.
        key.append(addingCapacity: text.count + 1) { output in
            isWhole = prepareLatin(text, folding: folding, edges: edges, isASCII: isASCII, into: &output)
        }
        return isWhole
    }

    /// Appends prepared Latin; false at the first octet that is something else.
    @inline(__always)
    private static func prepareLatin(
        _ text: Span<UInt8>, folding: Bool, edges: SpaceEdges, isASCII: Bool, into output: inout OutputSpan<UInt8>
    ) -> Bool {
        let start = output.count
        var pendingSpace = false
        var index = 0
        while index < text.count {
            let octet = text[index]
            index &+= 1
            if octet == ASCII.space || octet &- 0x09 < 5 {
                // 2.2: tab, line feed, vertical tab, form feed and carriage return are spaces.
                pendingSpace = true
                continue
            }
            // Other controls are mapped to nothing.
            if octet < 0x20 || octet == 0x7F { continue }
            if pendingSpace {
                if output.count > start || edges.keepsLeading { output.append(ASCII.space) }
                pendingSpace = false
            }
            if octet < 0x80 {
                output.append(folding ? ASCII.lowercased(octet) : octet)
            } else {
                guard !isASCII, octet == Latin1.lead, index < text.count, Latin1.isPlain(text[index]) else {
                    return false
                }
                output.append(octet)
                output.append(folding ? Latin1.lowercased(text[index]) : text[index])
                index &+= 1
            }
        }
        if keepsSpace(isEmpty: output.count == start, pendingSpace: pendingSpace, edges: edges) {
            output.append(ASCII.space)
        }
        return true
    }

    /// The second octets of U+00C0 to U+00FF in UTF-8.
    private enum Latin1 {
        static let lead: UInt8 = 0xC3
        private static let sharpS: UInt8 = 0x9F
        private static let multiplicationSign: UInt8 = 0x97

        @inline(__always)
        static func isPlain(_ octet: UInt8) -> Bool { octet & 0xC0 == 0x80 && octet != sharpS }

        @inline(__always)
        static func lowercased(_ octet: UInt8) -> UInt8 {
            octet < sharpS && octet != multiplicationSign ? octet | 0x20 : octet
        }
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

import BER

/// Walks all elements, constructed ones too, without recursion; every offset must stay inside its element.
func fuzzBER(_ input: [UInt8]) throws {
    var ranges = [0..<input.count]
    while let range = ranges.popLast() {
        var reader = BERReader(input.span, range: range)
        while let tag = reader.peekTag() {
            let before = reader.position
            guard let header = try? reader.readHeader() else {
                let position = reader.position
                try demand(position == before, "a failed read moves nothing")
                break
            }
            try demand(header.tag == tag, "the tag that was looked at is the one that is read")
            try demand(
                header.contents.lowerBound >= before + 2 && header.contents.upperBound <= range.upperBound
                    && header.contents.upperBound == reader.position, "an element lies inside what encloses it")
            try checkTypes(input, before..<range.upperBound, header)
            if header.isConstructed { ranges.append(header.contents) }
        }
    }
}

/// What a typed read accepts, the writer writes so that it reads back.
private func checkTypes(_ input: [UInt8], _ range: Range<Int>, _ header: BERHeader) throws {
    var writer = BERWriter(capacity: 64)
    var reader = BERReader(input.span, range: range)
    if let number = try? reader.readInteger(header.tag) {
        writer.integer(number, tag: header.tag)
        let octets = writer.array
        var again = BERReader(octets.span)
        let same = try again.readInteger(header.tag)
        try demand(same == number, "an integer reads back")
    }
    writer.removeAll()
    writer.octetString(Array(input[header.contents]), tag: header.tag)
    let mark = writer.begin(BERTag.sequence)
    writer.append(input[header.contents].span)
    writer.end(mark)
    let octets = writer.array
    var again = BERReader(octets.span)
    let contents = try again.readOctetString(header.tag)
    try demand(octets[contents] == input[header.contents], "an octet string reads back")
    let moved = try again.readConstructed(BERTag.sequence)
    try demand(moved.end - moved.position == header.contents.count, "a length that is fixed up is right")
}

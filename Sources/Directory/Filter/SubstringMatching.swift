import AttributeIndex
import ReusedMemory
import Schema

/// A substrings assertion over keys (RFC 4517 section 4.1): the parts stand in the key in their order and do not overlap.
///
/// Taking the first place where a part fits leaves the most for those behind it, so nothing is tried twice.
func substringsMatch(
    _ key: Span<UInt8>, _ parts: borrowing ReusedList<PlanPart>, _ range: Range<Int>, octets: [UInt8]
) -> Bool {
    var position = 0
    for index in range {
        let part = parts[index]
        let needle = octets.span.extracting(part.key)
        switch part.position {
        case .initial:
            guard key.holds(needle, at: 0) else { return false }
            position = needle.count
        case .any:
            guard let found = key.firstIndex(of: needle, from: position) else { return false }
            position = found + needle.count
        case .final:
            let start = key.count - needle.count
            guard start >= position, key.holds(needle, at: start) else { return false }
            position = key.count
        }
    }
    return true
}

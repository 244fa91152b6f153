import Schema

/// The parts of a segment that `check` tells apart, as its findings name them.
enum SegmentPart: String {
    case entries = "entries"
    case entryHash = "hash table of names"
    case records = "records"
    case valueIDs = "value IDs of records"
    case children = "lists of children"
    case tombstones = "deleted names"
    case keys = "dictionary"
    case keyHash = "hash table of the dictionary"
    case postings = "posting lists"
    case counts = "cumulative counts"
    case presence = "presence list"
    case trigrams = "trigram lists"
}

/// What is wrong with one part of a segment: the first case in words, and how many more there are.
struct SegmentProblem: Equatable {
    let part: SegmentPart
    /// The name of the attribute, where the part is one attribute's.
    let attribute: String?
    let first: String
    var others = 0
}

/// Gathers problems, one for each part of each attribute, so that a broken dictionary of a million keys is one finding.
struct SegmentProblems {
    private(set) var all: [SegmentProblem] = []

    mutating func note(_ part: SegmentPart, of attribute: String? = nil, _ problem: @autoclosure () -> String) {
        if let known = all.firstIndex(where: { $0.part == part && $0.attribute == attribute }) {
            all[known].others += 1
        } else {
            all.append(SegmentProblem(part: part, attribute: attribute, first: problem()))
        }
    }

    mutating func note(_ part: SegmentPart, of attribute: String? = nil, _ error: SegmentError) {
        note(part, of: attribute, error.description)
    }
}

/// The known name that a mistyped one most likely meant: the smallest edit distance, if it is at most a third of the name's length (and at least 2).
package func nearestName(to name: String, among known: [String]) -> String? {
    let best = known.min { editDistance($0, name) < editDistance($1, name) }
    guard let best, editDistance(best, name) <= max(2, name.count / 3) else { return nil }
    return best
}

/// Levenshtein's distance, without regard to case.
private func editDistance(_ left: String, _ right: String) -> Int {
    let target = Array(right.lowercased())
    var row = Array(0...target.count)
    for (i, character) in left.lowercased().enumerated() {
        var diagonal = row[0]
        row[0] = i + 1
        for j in target.indices {
            let substitution = diagonal + (character == target[j] ? 0 : 1)
            diagonal = row[j + 1]
            row[j + 1] = min(substitution, row[j] + 1, diagonal + 1)
        }
    }
    return row[target.count]
}

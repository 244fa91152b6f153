import AttributeIndex
import CommonInterface
import Schema

/// What a snapshot comes to, once all its records are known.
struct SnapshotDecision {
    /// What is to be done with the records.
    private(set) var counts = DeliveryCounts()
    /// Records that were put into builders, or wait to be, and must not be stored.
    private(set) var leftOut: Set<UInt64> = []
    /// Those of them whose record is to be kept: the name is another's.
    private(set) var lost: Set<UInt64> = []
    /// Records whose persons are to be refused, lost ones included.
    private(set) var refused: Set<UInt64> = []
    /// Records that waited, and are to be stored now.
    private(set) var late: [UInt64] = []
    /// People of whom the snapshot says nothing.
    private(set) var gone: [EntryPlace] = []
    /// The names of people who get another one.
    private(set) var freed: [EntryPlace] = []
    /// Hashes of the DIT keys that new entries of the snapshot take.
    private(set) var taken: Set<Int> = []
    /// People that the source has then.
    private(set) var people = 0
    /// Whether what was read has to be read again, without what is left out.
    private(set) var needsSecondReading = false

    /// Whether nobody comes, changes or goes.
    var isUnchanged: Bool { counts.added == 0 && counts.modified == 0 && counts.removed == 0 }

    /// - Parameter people: how many the source has.
    init(
        _ findings: SnapshotFindings, _ index: PeopleIndex, people: Int
    ) throws(SegmentError) {
        var latest: [UInt128: Int] = [:]
        latest.reserveCapacity(findings.rows.count)
        for (place, row) in findings.rows.enumerated() {
            guard let other = latest[row.person] else {
                latest[row.person] = place
                continue
            }
            let isLater = findings.rows[other].order < row.order
            leaveOut(findings.rows[isLater ? other : place])
            if isLater { latest[row.person] = place }
        }
        let found = findings.rows.indices.filter { latest[findings.rows[$0].person] == $0 }
        let isComplete = found.count { findings.rows[$0].segment >= 0 } == people
        if !isComplete {
            try index.forEachPerson { (person, place) in
                if latest[person] == nil { gone.append(place) }
            }
        }
        lost = Self.claims(found.map { findings.rows[$0] }, findings).lost { latest[$0] == nil }
        for place in found { take(findings.rows[place]) }
        counts.removed = gone.count
    }

    private mutating func leaveOut(_ row: SnapshotRow) {
        guard row.kind != .refused, row.kind != .unchanged else { return }
        leftOut.insert(row.order)
        if !row.isDeferred { needsSecondReading = true }
    }

    /// The wishes of all who are new or want another name.
    private static func claims(_ rows: [SnapshotRow], _ findings: SnapshotFindings) -> NameClaims {
        var claims = NameClaims()
        for row in rows where row.kind == .moved || row.kind == .added {
            claims.add(
                NameClaims.Claim(
                    person: row.person, isMove: row.kind == .moved, name: row.name,
                    holder: row.isDeferred ? findings.kept[row.order]?.holder ?? .nobody : .nobody, order: row.order))
        }
        return claims
    }

    /// Counts what becomes of one person.
    private mutating func take(_ row: SnapshotRow) {
        if row.kind == .refused || lost.contains(row.order) {
            counts.refused += 1
            if row.segment >= 0 { people += 1 }
            refused.insert(row.order)
            leaveOut(row)
            return
        }
        people += 1
        switch row.kind {
        case .refused: return
        case .unchanged:
            counts.unchanged += 1
            return
        case .changed: counts.modified += 1
        case .moved:
            counts.modified += 1
            taken.insert(row.name)
            if let place = row.former { freed.append(place) }
        case .added:
            counts.added += 1
            taken.insert(row.name)
        }
        if row.isDeferred { late.append(row.order) }
    }
}

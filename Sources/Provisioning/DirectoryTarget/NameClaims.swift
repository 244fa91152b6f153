/// Decides who gets which name, for people who are new or want another name than theirs.
///
/// Whoever has a name keeps it until they go, or move to another name in the same delivery: two may swap, and any number may
/// move round. Of several who want a name that is free, the first has it. Who does not get theirs keeps the entry they had,
/// with its name, so that whoever wanted that one does not get it either.
struct NameClaims {
    /// One person's wish.
    struct Claim {
        let person: UInt128
        /// Whether the person has an entry, of another name, which goes when this one comes.
        let isMove: Bool
        /// A hash of the wanted DIT key.
        let name: Int
        /// Who has the name now.
        let holder: PeopleIndex.Holder
        /// The place in the delivery.
        let order: UInt64
    }

    private var claims: [Claim] = []

    mutating func add(_ claim: Claim) { claims.append(claim) }

    /// The places in the delivery of those who do not get their name.
    /// - Parameter isGone: whether a person goes, and frees a name with that.
    func lost(isGone: (UInt128) -> Bool) -> Set<UInt64> {
        var isLost = [Bool](repeating: false, count: claims.count)
        var queue: [Int] = []
        func lose(_ index: Int) {
            guard !isLost[index] else { return }
            isLost[index] = true
            queue.append(index)
        }
        var movers: Set<UInt128> = []
        for claim in claims where claim.isMove { movers.insert(claim.person) }
        // Who waits for a person to move.
        var waiting: [UInt128: [Int]] = [:]
        var first: [Int: Int] = [:]
        first.reserveCapacity(claims.count)
        for (index, claim) in claims.enumerated() {
            switch claim.holder {
            case .nobody: break
            case .stranger: lose(index)
            case .person(let holder):
                if movers.contains(holder) {
                    waiting[holder, default: []].append(index)
                } else if !isGone(holder) {
                    lose(index)
                }
            }
            guard let other = first[claim.name] else {
                first[claim.name] = index
                continue
            }
            if claims[other].order > claim.order {
                first[claim.name] = index
                lose(other)
            } else {
                lose(index)
            }
        }
        while let index = queue.popLast() {
            guard claims[index].isMove else { continue }
            for other in waiting[claims[index].person] ?? [] { lose(other) }
        }
        return Set(claims.indices.filter { isLost[$0] }.map { claims[$0].order })
    }
}

import CommonInterface
import LDIF

/// Reads a changelog with and without its chain; what is accepted ascends, and reads back from what the writer writes.
func fuzzChangelog(_ input: [UInt8]) throws {
    let strict = readChanges(input, isChained: true)
    let changes = readChanges(input, isChained: false)
    try demand(strict == nil || strict == changes, "what is read with its chain is read without it")
    guard let changes else { return }
    for (earlier, later) in zip(changes, changes.dropFirst()) {
        try demand(earlier.id < later.id, "transactions ascend")
    }
    var writer = ChangelogWriter()
    for change in changes { writer.write(change) }
    let again = readChanges(writer.output, isChained: false)
    try demand(again == changes.map(written), "changes read back from what is written")
}

/// A change as the writer writes it: moments before 1970 become its beginning.
private func written(_ change: IdentityChange) -> IdentityChange {
    var change = change
    if let time = change.time { change.time = max(0, time) }
    return change
}

/// All changes; nil where the file is refused.
private func readChanges(_ input: [UInt8], isChained: Bool) -> [IdentityChange]? {
    var limits = RecordLimits()
    limits.recordLength = 1 << 16
    limits.values = 100
    limits.attributes = 50
    var reader = ChangelogReader(
        file: "fuzz.ldif", input: LDIFBytes(input), after: .zero, isChained: isChained, limits: limits)
    var changes: [IdentityChange] = []
    do {
        while let change = try reader.next() { changes.append(change) }
        return changes
    } catch {
        return nil
    }
}

let changelogSeeds: [[UInt8]] = {
    let babs = SubjectName(attribute: "eduPersonUniqueId", value: Array("babs@example.edu".utf8))
    let odd = SubjectName(attribute: "uid", value: Array(" a,b+c=ü ".utf8))
    var writer = ChangelogWriter()
    var previous = TransactionID.zero
    let kinds: [IdentityChange.Kind] = [
        .add([IdentityAttribute("mail", text: "babs@example.edu", " x"), IdentityAttribute("cn", text: "Babs")]),
        .modify([IdentityAttribute("mail", []), IdentityAttribute("cn;lang-fr", text: "Bärbel")]), .delete, .add([]),
    ]
    for (number, kind) in kinds.enumerated() {
        let id = TransactionID(UInt64(7 + 3 * number))
        writer.write(
            IdentityChange(
                id: id, previous: previous, time: 1_795_000_000, subject: number % 2 == 0 ? babs : odd, kind: kind))
        previous = id
    }
    let quirks = """
        dn: changeNumber=12,cn=changelog
        objectClass: top
        objectclass: changelogentry
        changenumber: 12
        targetdn: uid=a,ou=People
        changetype: modify
        changes:: cmVwbGFjZTogc24Kc246IGEKLQoA

        """
    return [writer.output, Array(quirks.utf8)]
}()

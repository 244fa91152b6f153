import AttributeIndex
import Directory
import LDAP
import Schema

/// Makes rules in which much overlaps, and directories to put them over.
struct RandomAccess {
    var directory: RandomDirectory

    init(seed: UInt64) { directory = RandomDirectory(seed: seed) }

    mutating func rules() -> [AccessRule] {
        (0..<Int.random(in: 1...7, using: &directory.generator)).map { _ in rule() }
            + (directory.chance(3) ? [] : [AccessRule(grants: [.init(.read, to: [AccessSubject(.everybody)])])])
    }

    private mutating func rule() -> AccessRule {
        let name = directory.pick(directory.names)
        let region = directory.pick(
            [
                .everything, .entry(name), .subtree(name), .children(name), .subtree(directory.names[1]),
            ] as [AccessRule.Region])
        let levels = directory.pick(
            [[], [.read], [.read, .search], [.compare], [.search], [.disclose], [.read, .disclose]] as [[AccessLevel]])
        let grants = levels.map { level in
            let subjects = (0..<Int.random(in: 0...2, using: &directory.generator)).map { _ in subject() }
            return AccessRule.Grant(level, to: subjects)
        }
        return AccessRule(
            region, filter: directory.chance(4) ? filter() : nil, attributes: directory.chance(2) ? attributes() : nil,
            grants: grants.isEmpty ? [.init(.read, to: [])] : grants, continues: directory.chance(3))
    }

    private mutating func filter() -> String {
        directory.pick([
            "(objectClass=person)", "(!(objectClass=groupOfNames))", "(uidNumber>=10)", "(cn=*an*)", "(memberOf=*)",
            "(|(sn=*)(employeeNumber=3))", "(numSubordinates>=1)",
        ])
    }

    private mutating func attributes() -> [String] {
        (0..<Int.random(in: 1...4, using: &directory.generator)).map { _ in
            directory.pick([
                "entry", "entry", "cn", "name", "sn", "*", "+", "@person", "member", "memberOf", "uidNumber", "uid",
                "employeeNumber", "numSubordinates", "hasSubordinates", "objectClass", "userPassword",
                "telephoneNumber",
            ])
        }
    }

    private mutating func subject() -> AccessSubject {
        let name = directory.pick(directory.names)
        let who = directory.pick(
            [
                .everybody, .everybody, .anonymous, .authenticated, .itself, .entry(name), .subtree(name),
                .children(name),
                .group(name), .group(directory.pick(directory.names)),
            ] as [AccessSubject.Who])
        return AccessSubject(who, strength: directory.chance(5) ? 128 : 0)
    }

    /// A name to ask of: mostly of an entry, at times one below or beside.
    mutating func base() -> String {
        if directory.chance(3) { return directory.names[Int.random(in: 0...1, using: &directory.generator)] }
        let name = directory.pick(directory.names)
        return directory.chance(5) ? "uid=none," + name : name
    }

    /// An equality item.
    mutating func equality() -> Filter {
        while true {
            if case .equality(let name, let value) = directory.filter(0) { return .equality(name, value) }
        }
    }

    /// The records over one to three segments.
    mutating func directory(_ records: [EntryRecord]) throws -> TestDirectory {
        var batches: [[EntryRecord]] = [[], [], []]
        for record in records { batches[Int.random(in: 0..<3, using: &directory.generator)].append(record) }
        return try TestDirectory(directory.chance(3) ? [records] : batches)
    }
}

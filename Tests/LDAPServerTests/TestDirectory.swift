import AttributeIndex
import Directory
import LDAPServer
import Schema
import Synchronization

/// A directory in memory whose state the test can replace.
final class TestDirectory: Sendable {
    static let suffix = "dc=example,dc=edu"
    /// Has the password "secret".
    static let ann = "uid=ann,ou=People,dc=example,dc=edu"
    /// Has another password, hashed so that it takes its time.
    static let slow = "uid=slow,ou=People,dc=example,dc=edu"
    /// The entries of a new test directory: those above, the two above them, and people u0, u1 and so on.
    static let entryCount = 5_000

    let directory: Directory
    private let box: GenerationBox

    private init(_ generation: Generation) throws {
        let box = GenerationBox(generation)
        var configuration = DirectoryConfiguration()
        configuration.supportedControls = LDAPServer.supportedControls
        configuration.supportedExtensions = LDAPServer.supportedExtensions(of: ServerConfiguration())
        configuration.supportedSASLMechanisms = BindPolicy().publishedMechanisms
        directory = try Directory(configuration: configuration) { box.current.withLock { $0 } }
        self.box = box
    }

    /// The directory that most tests search; made once.
    static func make() throws -> TestDirectory { try TestDirectory(try fullGeneration.get()) }

    /// A small directory, for tests that replace it.
    static func make(people: Int) throws -> TestDirectory { try TestDirectory(generation(1, people: people)) }

    /// Replaces everything by another number of people.
    func replace(sequence: UInt64, people: Int) throws {
        let next = try Self.generation(sequence, people: people)
        box.current.withLock { $0 = next }
    }

    private static let fullGeneration = Result { try generation(1, people: entryCount - 4) }

    private static func generation(_ sequence: UInt64, people: Int) throws -> Generation {
        var records: [EntryRecord] = []
        func add(_ name: String, _ attributes: [(String, [String])]) throws {
            let schema = Schema.builtIn
            let entries = attributes.compactMap { name, values in
                AttributeDescription(parsing: name, schema: schema).map {
                    EntryAttribute(description: $0, values: values.map { Array($0.utf8) })
                }
            }
            records.append(
                EntryRecord(dn: try DistinguishedName(parsing: name, schema: schema), attributes: entries))
        }
        func person(_ uid: String, _ more: [(String, [String])] = []) throws {
            try add(
                "uid=\(uid),ou=People,\(suffix)",
                [("objectClass", ["inetOrgPerson"]), ("uid", [uid]), ("cn", [uid]), ("sn", ["Person"])] + more)
        }
        try add(suffix, [("objectClass", ["domain"]), ("dc", ["example"])])
        try add("ou=People,\(suffix)", [("objectClass", ["organizationalUnit"]), ("ou", ["People"])])
        try person("ann", [("userPassword", ["secret"])])
        try person(
            "slow",
            [
                (
                    "userPassword",
                    ["{PBKDF2-SHA256}200000$c2FsdHNhbHQ$hgR9HsqtKupWxpnv8y99TrPDajTT/9PcSTlNafpdLXQ"]
                )
            ])
        for number in 0..<people { try person("u\(number)") }
        var builder = SegmentBuilder(schema: Schema.builtIn)
        for record in records { try builder.add(record) }
        let image = try builder.finish()
        let segment = try Segment(mapping: image.mapping, schema: Schema.builtIn)
        return try Generation(sequence: sequence, schema: Schema.builtIn, segments: [segment])
    }
}

private final class GenerationBox: Sendable {
    let current: Mutex<Generation>
    init(_ generation: Generation) { current = Mutex(generation) }
}

import AttributeIndex
import BER
import Directory
import LDAP
import Schema
import Testing

/// A directory in memory, made of text: records as in LDIF, with plain values and an empty line between them.
struct TestDirectory {
    let directory: Directory
    let view: DirectoryView

    /// One segment for each text, the oldest first; `deleted` names are gone as of the newest.
    init(
        _ texts: String..., deleted: [String] = [], schema: Schema = .builtIn,
        configuration: DirectoryConfiguration = DirectoryConfiguration()
    ) throws {
        try self.init(
            texts.map { try TestDirectory.records($0, schema) }, deleted: deleted, schema: schema,
            configuration: configuration)
    }

    init(
        _ batches: [[EntryRecord]], deleted: [String] = [], schema: Schema = .builtIn,
        configuration: DirectoryConfiguration = DirectoryConfiguration()
    ) throws {
        var segments: [Segment] = []
        for (index, records) in batches.enumerated() {
            var builder = SegmentBuilder(schema: schema, seed: 1)
            for record in records { try builder.add(record) }
            if index == batches.count - 1 {
                for name in deleted {
                    builder.addTombstone(key: try DistinguishedName(parsing: name, schema: schema).key)
                }
            }
            segments.insert(try Segment(mapping: builder.finish().mapping, schema: schema), at: 0)
        }
        let generation = try Generation(sequence: 1, schema: schema, segments: segments)
        directory = try Directory(configuration: configuration) { generation }
        view = directory.view()
    }

    /// The same under other access rules.
    func under(_ access: AccessSettings) throws -> TestDirectory {
        try directory.replaceAccess(access)
        return TestDirectory(directory: directory, view: directory.view())
    }

    private init(directory: Directory, view: DirectoryView) {
        self.directory = directory
        self.view = view
    }

    /// The records of a text.
    static func records(_ text: String, _ schema: Schema) throws -> [EntryRecord] {
        var records: [EntryRecord] = []
        var dn: DistinguishedName?
        var attributes: [EntryAttribute] = []
        for line in (text + "\n\n").split(separator: "\n", omittingEmptySubsequences: false) {
            guard let colon = line.firstIndex(of: ":") else {
                if let name = dn { records.append(EntryRecord(dn: name, attributes: attributes)) }
                (dn, attributes) = (nil, [])
                continue
            }
            let name = String(line[..<colon])
            let value = String(line[line.index(after: colon)...].drop { $0 == " " })
            if name == "dn" {
                dn = try DistinguishedName(parsing: value, schema: schema)
                continue
            }
            let description = try #require(AttributeDescription(parsing: name, schema: schema), "\(name)")
            if let index = attributes.firstIndex(where: { $0.description == description }) {
                attributes[index].values.append(Array(value.utf8))
            } else {
                attributes.append(EntryAttribute(description: description, values: [Array(value.utf8)]))
            }
        }
        return records
    }
}

/// What a search gave, in a form that can be compared.
struct Answer: Equatable {
    var code: ResultCode
    var matchedDN = ""
    var referral: [String] = []
    /// Names of entries, in the order they came in.
    var names: [String] = []
    /// Attributes of each entry, values sorted.
    var attributes: [String: [String: [String]]] = [:]
    var references: [[String]] = []
    var nextPage: PagePosition?

    /// The names in an order that does not depend on the index.
    var sorted: [String] { names.sorted() }
}

/// A search to be asked.
struct Query {
    var base = "dc=example,dc=edu"
    var scope = SearchScope.sub
    var filter = "(objectClass=*)"
    var attributes: [String] = []
    var typesOnly = false
    var derefAliases = DerefAliases.never
    var manageDsaIT = false
    var limits = SearchLimits()
    var page: PageRequest?
    var budget = StepBudget()

    /// The request's octets.
    func encoded() throws -> [UInt8] {
        let request = SearchRequest(
            base: base, scope: scope, derefAliases: derefAliases, typesOnly: typesOnly,
            filter: try Filter(parsing: filter), attributes: attributes)
        return LDAPMessage(7, .searchRequest(request)).encoded
    }
}

extension TestDirectory {
    /// Asks a search through the codec, as a server does, and reads its answers back.
    func search(_ query: Query, as requester: Requester = Requester(), task: SearchTask = SearchTask()) throws -> Answer
    {
        let octets = try query.encoded()
        let reader = try RequestReader(octets.span)
        var fields = SearchRequestFields()
        var filter = FlatFilter()
        try reader.searchRequest(into: &fields, filter: &filter)
        task.start(
            in: view.granted(to: requester), request: fields, pdu: octets.span, filter: filter,
            manageDsaIT: query.manageDsaIT, messageID: reader.messageID, limits: query.limits, page: query.page)
        var writer = BERWriter()
        var steps = 0
        while true {
            steps += 1
            try #require(steps < 1_000_000, "the search does not end")
            guard case .finished = task.step(into: &writer, budget: query.budget) else { continue }
            let outcome = task.outcome
            #expect(outcome.failure == nil)
            var answer = Answer(
                code: outcome.result.code, matchedDN: outcome.result.matchedDN, referral: outcome.result.referral)
            answer.nextPage = outcome.nextPage
            try answer.read(writer.bytes)
            #expect(answer.names.count == outcome.entries)
            #expect(answer.references.count == outcome.references)
            return answer
        }
    }

    /// The names that a filter finds in the whole directory, sorted.
    func names(_ filter: String) throws -> [String] {
        let answer = try search(Query(filter: filter, attributes: ["1.1"]))
        #expect(answer.code == .success)
        return answer.sorted
    }

    /// Compares, as a server does.
    func compare(
        _ entry: String, _ attribute: String, _ value: String, as requester: Requester = Requester(),
        manageDsaIT: Bool = false
    ) throws -> LDAPResult {
        let request = CompareRequest(entry: entry, attribute: attribute, value: Array(value.utf8))
        let octets = LDAPMessage(3, .compareRequest(request)).encoded
        let fields = try RequestReader(octets.span).compareRequest()
        var batch = CompareBatch()
        let granted = view.granted(to: requester)
        let result = granted.compare(fields, pdu: octets.span, manageDsaIT: manageDsaIT, batch: &batch)
        let again = granted.compare(fields, pdu: octets.span, manageDsaIT: manageDsaIT, batch: &batch)
        #expect(again == result)
        return result
    }
}

extension Answer {
    mutating func read(_ octets: Span<UInt8>) throws {
        var start = 0
        while start < octets.count {
            let rest = octets.extracting(start...)
            let length = try #require(try nextMessageLength(rest, limit: 1 << 30))
            let message = try LDAPMessage(decoding: rest.extracting(0..<length))
            #expect(message.messageID == 7)
            switch message.operation {
            case .searchResultEntry(let entry):
                names.append(entry.name)
                var found: [String: [String]] = [:]
                for attribute in entry.attributes {
                    #expect(found[attribute.description] == nil, "\(attribute.description) came twice")
                    found[attribute.description] = attribute.values.map { String(decoding: $0, as: UTF8.self) }.sorted()
                }
                attributes[entry.name] = found
            case .searchResultReference(let urls): references.append(urls)
            default: Issue.record("a search answered with \(message.operation.tag)")
            }
            start += length
        }
    }
}

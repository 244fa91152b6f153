import Schema
import Storage
import StorageTesting
import Testing

@testable import AttributeIndex

/// Random imports, changes, compactions, restarts and power cuts beside a dictionary that has no files at all.
struct StoreModelTests {
    typealias Fixture = StoreFixture

    @Test(arguments: 0..<4) func agreesWithADictionary(_ round: Int) throws {
        let seed = UInt64.random(in: 1 ... .max)
        var random = seed
        func next(_ bound: Int) -> Int {
            random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(random >> 33) % bound
        }
        var policy = Fixture.small
        policy.journalLimit = [300, 1_000, 3_000, 1 << 20][round]
        var files = SimulatedFileSystem()
        var store = try Fixture.open(files, .write, policy: policy)
        try store.replaceAll(with: Fixture.builder(Fixture.campus(people: 0..<9)), metadata: Fixture.metadata)
        var reader = try Fixture.open(files, .read, policy: policy)
        var model = Fixture.contents(try Fixture.campus(people: 0..<9))
        var pinned: (generation: Generation, contents: Fixture.Contents)?
        for step in 0..<60 {
            switch next(20) {
            case 0:
                let campus = try Fixture.campus(people: 0..<next(12), version: step)
                try store.replaceAll(with: Fixture.builder(campus), metadata: Fixture.metadata)
                model = Fixture.contents(campus)
            case 1: try store.compact()
            case 2: try store.compact(.due)
            case 3:
                store = try Fixture.open(files.afterCrash(.some(seed: random)), .write, policy: policy)
                files = try #require(store.files as? SimulatedFileSystem)
                reader = try Fixture.open(files, .read, policy: policy)
            case 4: pinned = (store.currentGeneration(), model)
            default:
                var changes: [EntryChange] = []
                for _ in 0...next(4) {
                    let record = try Fixture.person(next(14), version: step)
                    let isDeleted = next(3) == 0
                    changes.append(isDeleted ? .delete(key: record.dn.key) : .put(record))
                    model[record.dn.key] = isDeleted ? nil : Fixture.text(record, .builtIn)
                }
                let published = try store.apply(changes, schema: store.currentGeneration().schema)
                #expect(published.foldingFailure == nil)
            }
            #expect(try Fixture.contents(store) == model, "seed \(seed), step \(step)")
            if next(3) == 0 {
                try reader.refresh()
                #expect(try Fixture.contents(reader) == model, "seed \(seed), step \(step)")
            }
        }
        if let pinned { #expect(try Fixture.contents(pinned.generation) == pinned.contents, "seed \(seed)") }
        #expect(
            try IndexStore.check(directory: Fixture.directory, schema: .builtIn, files: files) == [], "seed \(seed)")
    }

    @Test func namesWithoutDefinitionsComeBackFromJournalAndSegment() throws {
        let schema = Schema.builtIn.addingUnknown(
            attributeTypes: [(name: "shoeSize", isBinary: false), (name: "voicePrint", isBinary: true)],
            objectClasses: ["juggler"])
        func description(_ name: String) throws -> AttributeDescription {
            try #require(AttributeDescription(parsing: name, schema: schema))
        }
        var record = try Fixture.person(1)
        let password = record.attributes.removeLast()
        record.attributes += [
            EntryAttribute(description: try description("shoeSize"), values: [Array("44".utf8)]),
            EntryAttribute(description: try description("voicePrint"), values: [[0, 0xFF, 0x80]]),
            password,
        ]
        record.attributes[0].values.append(Array("juggler".utf8))
        let files = try Fixture.directory(changes: 1)
        let writer = try Fixture.open(files, .write)
        try writer.apply([.put(record)], schema: schema)
        for _ in 0..<2 {
            let reader = try Fixture.open(files, .read)
            let generation = reader.currentGeneration()
            let place = try #require(try generation.find(record.dn.key.span))
            let segment = generation.segments[place.segment]
            let found = try segment.record(place.entry)
            #expect(Fixture.text(found, segment.schema) == Fixture.text(record, schema))
            #expect(generation.schema.attributeType("voiceprint")?.equality?.name == "octetStringMatch")
            #expect(generation.schema.attributeType("shoesize")?.equality?.name == "caseIgnoreMatch")
            #expect(generation.schema.objectClass("Juggler") != nil)
            try writer.compact()
        }
    }
}

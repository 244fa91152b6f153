import CommonInterface
import Credentials

/// Where things are in the data directory.
///
///     lock  journal/  people/ASOF.people  providers/DIGEST.state  prepared/NAME.ldif  audit/DATE.log  incoming
struct DataLayout: Sendable {
    let directory: String

    init(_ directory: String) { self.directory = directory }

    var lock: String { directory + "/lock" }
    var journal: String { directory + "/journal" }
    var people: String { directory + "/people" }
    var providers: String { directory + "/providers" }
    var prepared: String { directory + "/prepared" }
    var audit: String { directory + "/audit" }
    /// Where a reading of the registry is put in order.
    var incoming: String { directory + "/incoming" }

    static func name(ofPeople asOf: UInt64) -> String { "\(asOf).people" }

    static func transaction(ofPeople name: String) -> UInt64? {
        guard name.hasSuffix(".people") else { return nil }
        return TransactionID(text: String(name.dropLast(7)))?.value
    }

    func path(ofPeople asOf: UInt64) -> String { people + "/" + Self.name(ofPeople: asOf) }

    /// A service provider's file, named by a digest: no entityID ever becomes a path.
    func path(of entityID: EntityID) -> String {
        providers + "/" + Self.digest(of: entityID) + ".state"
    }

    static func digest(of entityID: EntityID) -> String {
        Hexadecimal.text(of: LibCrypto.digest(.sha256, of: Array(entityID.text.utf8).span).prefix(16))
    }
}

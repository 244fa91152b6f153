import CommonInterface
import Foundation
import Storage

/// What is remembered of a service provider, in a file of its own that each call replaces.
struct ServiceProviderState: Codable, Equatable, Sendable {
    static let title = "peoplefeed service provider 1"
    /// Octets of the largest file.
    static let maximumLength = 64 << 20

    struct Subscription: Codable, Equatable, Sendable {
        var listener: String
        /// The last transaction that is durable at the listener.
        var delivered: UInt64
    }

    var entityID: EntityID
    /// What it asked for, in full: also what policy withholds and mechanisms that are not offered.
    var mechanisms: [String] = []
    var attributes: [String] = []
    var subject: String?
    /// The starting point: nothing before it can be asked for.
    var start: UInt64 = 0
    var epochs: [ReleaseHistory.Epoch] = []
    /// The last transaction that it named: what a changelog held up to there is retrieved.
    var confirmed: UInt64 = 0
    /// Where the last changelog ended, which counts as retrieved after a reset.
    var offered: UInt64?
    var subscription: Subscription?
    var snapshot: PreparedFile?
    var changelog: PreparedFile?

    init(entityID: EntityID) { self.entityID = entityID }

    var isInitialized: Bool { !attributes.isEmpty && !epochs.isEmpty }

    /// The files that it names.
    var files: [PreparedFile] { [snapshot, changelog].compactMap { $0 } }

    /// Drops rules that no transaction after `pruned` needs: also the one before the first that is left, which people whose
    /// view it changed had.
    mutating func forgetEpochs(pruned: UInt64) {
        while epochs.count > 2, epochs[2].from <= pruned + 1 { epochs.removeFirst() }
    }

    /// Reads a file; nil where it is not as it was written.
    init?(_ octets: [UInt8]) {
        guard let lines = ChecksummedText.lines(of: octets, title: Self.title), lines.count == 1,
            let state = try? JSONDecoder().decode(Self.self, from: Data(lines[0].utf8))
        else { return nil }
        self = state
    }

    /// The file's octets; nil where JSON cannot hold it, which no state is known to bring about.
    var octets: [UInt8]? {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let json = try? encoder.encode(self) else { return nil }
        return ChecksummedText.make(Self.title, [String(decoding: json, as: UTF8.self)])
    }
}

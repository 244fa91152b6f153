import CommandLineTools
import Foundation
import Provisioning

/// Writes change events to standard output, for people or as lines of JSON.
struct ChangePrinter {
    private struct Page: Decodable {
        let events: [ChangeEvent]
        let last: UInt64
    }

    private struct Refused: Decodable {
        let message: String
    }

    let isJSON: Bool
    private var hasHead = false

    init(isJSON: Bool) { self.isJSON = isJSON }

    /// Writes the events of an answer; returns what to ask after for what follows.
    mutating func show(_ answer: [UInt8]) throws -> UInt64 {
        let data = Data(answer)
        guard let page = try? JSONDecoder().decode(Page.self, from: data) else {
            let refused = try? JSONDecoder().decode(Refused.self, from: data)
            throw CommandFailure(.refusedInput, refused?.message ?? "the server's answer cannot be read")
        }
        for event in page.events { try StandardOutput.write(isJSON ? json(event) : row(event)) }
        return page.last
    }

    private func json(_ event: ChangeEvent) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(event), as: UTF8.self) + "\n"
    }

    private mutating func row(_ event: ChangeEvent) -> String {
        let head =
            hasHead ? "" : "NUMBER".padded(to: 9) + "TIME".padded(to: 22) + "KIND".padded(to: 11) + "WHO AND WHAT\n"
        hasHead = true
        return head + "\(event.number)".padded(to: 8) + " " + Moment.text(event.time).padded(to: 21) + " "
            + event.kind.rawValue.padded(to: 10) + " " + what(event) + "\n"
    }

    private func what(_ event: ChangeEvent) -> String {
        var parts = [event.dn ?? event.source]
        if let former = event.formerDN { parts.append("was \(former)") }
        if let attributes = event.attributes, !attributes.isEmpty {
            parts.append("(\(attributes.joined(separator: ", ")))")
        }
        if let counts = event.counts {
            parts.append(
                "\(counts.added) added, \(counts.modified) modified, \(counts.removed) removed, "
                    + "\(counts.unchanged) unchanged, \(counts.refused) refused")
        }
        if let transaction = event.transactionID { parts.append("[\(transaction)]") }
        if let reason = event.reason { parts.append("- \(reason)") }
        return parts.joined(separator: " ")
    }
}

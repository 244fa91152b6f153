import Administration
import CommandLineTools
import EventLog
import Foundation
import IdentityProvider
import LDIF

/// Where `peoplefeed change` has its changes made: by the server that runs, or in the data directory where none does.
enum ChangeTarget {
    case server(AdminClient)
    case directory(IdentityProvider, ChangeRecords)

    init(_ site: Site) throws {
        let client = AdminClient(path: site.adminSocket)
        do throws(AdminClientError) {
            _ = try client.call(.get, AdminRoutes.status)
            self = .server(client)
        } catch {
            guard error.kind == .notRunning else { throw error }
            let log = EventLog(level: .warning, format: site.logFormat)
            self = .directory(try site.open(log: log), site.rules)
        }
    }

    /// Makes the changes of whole records; durable when this returns.
    ///
    /// - Throws: a `CommandFailure` where none of them is made.
    func apply(_ text: LDIFChunk, isStream: Bool) throws -> SignalledChanges {
        switch self {
        case .directory(let provider, let rules): return try provider.apply(text, by: rules, isStream: isStream)
        case .server(let client):
            guard text.content.count <= AdminRoutes.maximumChanges else {
                throw CommandFailure(
                    .refusedInput,
                    "\(text.file) is too large for one change: at most \(AdminRoutes.maximumChanges) octets; give the "
                        + "records to \"peoplefeed change -\"")
            }
            let name = text.file.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
            let query = "?file=\(name)&line=\(text.firstLine)&stream=\(isStream ? 1 : 0)"
            let answer = try client.call(.post, AdminRoutes.change + query, body: Array(text.content), seconds: 600)
            guard answer.status == 200 else { throw Self.failure(answer) }
            return try JSONDecoder().decode(SignalledChanges.self, from: Data(answer.body))
        }
    }

    private static func failure(_ answer: AdminAnswer) -> CommandFailure {
        struct Message: Decodable { let message: String }
        let message = try? JSONDecoder().decode(Message.self, from: Data(answer.body)).message
        let status: ExitStatus =
            switch answer.status {
            case 507: .diskFull
            case 500...: .inputOutput
            default: .refusedInput
            }
        return CommandFailure(status, message ?? "the server answers with status \(answer.status)")
    }
}

import Administration
import EventLog
import Foundation
import IdentityProvider
import LDIF
import Storage
import Transport

/// What commands of this machine may ask of a server that runs.
enum AdminRoutes {
    static let status = "/v1/status"
    static let change = "/v1/change"
    /// Octets of the largest text of changes.
    static let maximumChanges = 64 << 20

    /// - Parameter rules: what makes changes of records; another after a reload.
    static func all(
        _ provider: IdentityProvider, log: EventLog, rules: @escaping @Sendable () -> ChangeRecords
    ) -> [AdminRoute] {
        [
            AdminRoute(.get, status) { _ in
                do { return .json(try ProviderStatus(of: provider)) } catch {
                    return .refused(500, "\(error)")
                }
            },
            AdminRoute(.post, change, maximumBody: maximumChanges) { request in
                let text = LDIFChunk(
                    request.body, of: request.query["file"] ?? "LDIF",
                    firstLine: Int(clamping: request.number("line") ?? 1))
                do throws(IdentityProviderError) {
                    let changes = try provider.apply(text, by: rules(), isStream: request.query["stream"] == "1")
                    log.log(
                        .info, "changes-signalled",
                        [
                            "uid": request.peer.user, "records": changes.records, "transaction": changes.transactionID,
                            "refused": changes.refusal == nil ? 0 : 1,
                        ])
                    return .json(changes)
                } catch {
                    return .refused(httpStatus(of: error), error.description)
                }
            },
        ]
    }

    /// 422 for what cannot be made of the records, 507 for a full disk, 500 for what else a file can do.
    private static func httpStatus(of error: IdentityProviderError) -> Int {
        error.isFull ? 507 : error.code == .storage ? 500 : 422
    }
}

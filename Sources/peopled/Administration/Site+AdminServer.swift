import Administration
import AttributeIndex
import CommandLineTools
import EventLog
import Provisioning
import Transport

extension Site {
    /// What answers `peopled status` and others of this machine; nil where nothing asks for it.
    func adminServer(_ store: IndexStore, _ feed: Feed?, _ log: EventLog) throws -> AdminServer? {
        guard configuration.hasAdminSocket else { return nil }
        let started = Moment.now
        let routes = AdminRoutes(
            status: {
                ServerStatus(
                    version: CommandLineInterface.version, started: started, suffix: store.metadata?.suffix ?? "",
                    entries: store.currentGeneration().entryCount, sources: feed?.controller.statuses ?? [])
            }, control: feed?.controller, events: feed?.events)
        do throws(TransportError) {
            return try AdminServer(
                path: configuration.adminSocket, allowedGroup: try? configuration.adminGroup, log: log,
                routes: routes.all)
        } catch {
            // A data directory with a long name is served nevertheless.
            guard configuration.admin.socket == nil, configuration.adminSocket.utf8.count > 107 else { throw error }
            log.log(
                .warning, "admin-socket-unavailable",
                [
                    "reason": error.description,
                    "advice": "name a shorter path in the configuration, as admin: { socket }",
                ])
            return nil
        }
    }
}

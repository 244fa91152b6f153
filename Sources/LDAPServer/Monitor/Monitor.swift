import AttributeIndex
import Directory
import EventLog
import LDAP
import Synchronization
import Transport

/// cn=Monitor: what the server has done since its start, put together when somebody asks.
final class Monitor: Sendable {
    private let vendor: String
    private let startTime = currentGeneralizedTime()
    private let start = monotonicMilliseconds()
    private let counters = Mutex<[Counters]>([])
    private let builds = Atomic<UInt64>(0)

    init(vendor: String) { self.vendor = vendor }

    /// Adds the counters of a reactor to those that count.
    func register(_ counters: Counters) { self.counters.withLock { $0.append(counters) } }

    /// Everything there is to say now, as a directory of its own.
    func view(beside view: DirectoryView, _ context: ServerContext) throws(SegmentError) -> DirectoryView {
        // Numbered from above, so that no state of the directory has the same number: pages are gone on with by it.
        let sequence = UInt64.max - builds.add(1, ordering: .relaxed).oldValue
        return try view.view(of: tree(view, context).entries, sequence: sequence)
    }

    private func tree(_ view: DirectoryView, _ context: ServerContext) -> MonitorTree {
        let all = counters.withLock { $0 }
        func sum(_ count: (Counters) -> UInt64) -> UInt64 { all.reduce(0) { $0 &+ count($1) } }
        var tree = MonitorTree(server: vendor)
        addConnections(to: &tree, context, total: sum { $0.sum(.connections) })
        addOperations(to: &tree, sum)
        addResults(to: &tree, sum)
        addStatistics(to: &tree, sum)
        tree.container("Refusals", "What the server did less than it was asked to, by reason.")
        for refusal in Refusal.allCases {
            tree.counter(
                refusal.name.description, in: "Refusals", sum { $0.count(of: refusal) }, refusal.explanation)
        }
        tree.container("TLS", "Handshakes of clients.")
        tree.counter("Handshakes", in: "TLS", sum { $0.sum(.tlsHandshakes) }, "completed")
        tree.counter("Failures", in: "TLS", sum { $0.sum(.tlsFailures) }, "failed, or not completed in time")
        addProcess(to: &tree, view, context, reactors: all.count)
        if let reports = context.configuration.sourceReports { tree.sources(reports()) }
        return tree
    }

    private func addConnections(to tree: inout MonitorTree, _ context: ServerContext, total: UInt64) {
        tree.container("Connections", "Connections of clients.")
        tree.counter("Total", in: "Connections", total, "since the start")
        tree.counter(
            "Current", in: "Connections",
            UInt64(max(0, context.connectionCount.load(ordering: .relaxed))), "at this moment")
        tree.counter("Max", in: "Connections", UInt64(context.configuration.maximumConnections), "as many as may be")
    }

    private func addOperations(to tree: inout MonitorTree, _ sum: ((Counters) -> UInt64) -> UInt64) {
        var operations: [(String, UInt64, UInt64)] = []
        for operation in RequestOperation.allCases {
            let completed = ResultClass.allCases.reduce(0) { total, results in
                total &+ sum { $0.completed(operation, results) }
            }
            operations.append((operation.monitorName, sum { $0.initiated(operation) }, completed))
        }
        func attributes(_ initiated: UInt64, _ completed: UInt64) -> [(name: String, values: [String])] {
            [("monitorOpInitiated", [String(initiated)]), ("monitorOpCompleted", [String(completed)])]
        }
        tree.container(
            "Operations", "Operations by kind.", class: "monitorOperation",
            attributes(operations.reduce(0) { $0 &+ $1.1 }, operations.reduce(0) { $0 &+ $1.2 }))
        for (name, initiated, completed) in operations {
            tree.object(name, in: "Operations", class: "monitorOperation", attributes(initiated, completed))
        }
    }

    private func addResults(to tree: inout MonitorTree, _ sum: ((Counters) -> UInt64) -> UInt64) {
        tree.container("Results", "How operations ended.")
        for results in ResultClass.allCases {
            let counts = RequestOperation.allCases.map { operation in
                (operation.monitorName, sum { $0.completed(operation, results) })
            }
            tree.object(
                results.monitorName, in: "Results", class: "monitorCounterObject",
                [
                    ("monitorCounter", [String(counts.reduce(0) { $0 &+ $1.1 })]),
                    ("monitoredInfo", counts.filter { $0.1 > 0 }.map { "\($0.0): \($0.1)" }),
                    ("description", [results.explanation]),
                ])
        }
    }

    private func addStatistics(to tree: inout MonitorTree, _ sum: ((Counters) -> UInt64) -> UInt64) {
        let entries = sum { $0.sum(.entries) }
        let references = sum { $0.sum(.references) }
        var answers = sum { $0.sum(.notices) }
        for operation in RequestOperation.allCases where operation.response != nil {
            for results in ResultClass.allCases { answers &+= sum { $0.completed(operation, results) } }
        }
        tree.container("Statistics", "What was sent and received.")
        tree.counter("Bytes", in: "Statistics", sum { $0.sum(.octetsSent) }, "sent, before any TLS")
        tree.counter("Bytes Received", in: "Statistics", sum { $0.sum(.octetsReceived) }, "of requests")
        tree.counter("PDU", in: "Statistics", entries &+ references &+ answers, "messages sent")
        tree.counter("Entries", in: "Statistics", entries, "search results sent")
        tree.counter("Referrals", in: "Statistics", references, "search result references sent")
    }

    private func addProcess(
        to tree: inout MonitorTree, _ view: DirectoryView, _ context: ServerContext, reactors: Int
    ) {
        tree.container("Threads", "Threads that answer, and threads that verify passwords.")
        tree.counter("Reactors", in: "Threads", UInt64(reactors))
        tree.counter("Workers", in: "Threads", UInt64(context.configuration.workerCount))
        tree.container("Listeners", "Where clients connect.")
        for (number, listener) in context.configuration.listeners.enumerated() where !listener.url.isEmpty {
            tree.object("Listener \(number)", in: "Listeners", [("labeledURI", [listener.url])])
        }
        tree.container("Databases", "What is served.")
        tree.object(
            "Database 1", in: "Databases",
            [
                ("namingContexts", view.suffixes), ("monitoredInfo", ["peopled"]),
                ("description", ["\(view.generation.entryCount) entries"]),
            ])
        tree.container("Time", "When.")
        tree.object("Start", in: "Time", [("monitorTimestamp", [startTime])])
        tree.object("Current", in: "Time", [("monitorTimestamp", [currentGeneralizedTime()])])
        let seconds = (monotonicMilliseconds() - start) / 1000
        tree.object("Uptime", in: "Time", [("monitoredInfo", [String(seconds)])])
    }
}

extension RequestOperation {
    /// Its name under cn=Operations, as in OpenLDAP.
    fileprivate var monitorName: String {
        switch self {
        case .bind: "Bind"
        case .unbind: "Unbind"
        case .search: "Search"
        case .compare: "Compare"
        case .modify: "Modify"
        case .modifyDN: "Modrdn"
        case .add: "Add"
        case .delete: "Delete"
        case .abandon: "Abandon"
        case .extended: "Extended"
        }
    }
}

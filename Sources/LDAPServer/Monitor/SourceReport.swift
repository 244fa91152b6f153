import EventLog

/// How one of the sources that fill the directory is doing, as cn=Monitor shows it under cn=Sources.
public struct SourceReport: Sendable {
    /// What it is called: the entityID of an identity provider.
    public var name: String
    /// People of it that are served.
    public var people: Int
    /// When it was last known that nothing was missing, in seconds since 1970; nil: never.
    public var lastSuccess: Int64?
    /// What else there is to say, each a name and a value.
    public var facts: [(name: String, value: String)] = []
    /// What went wrong last, for people; nil where nothing did.
    public var problem: String?

    /// A source with so many people, and nothing else known.
    public init(name: String, people: Int) {
        self.name = name
        self.people = people
    }
}

extension MonitorTree {
    /// The part on sources.
    mutating func sources(_ reports: [SourceReport]) {
        container("Sources", "Where people come from, beside LDIF.")
        for report in reports {
            object(
                report.name, in: "Sources", class: "monitorCounterObject",
                [
                    ("monitorCounter", [String(report.people)]),
                    ("monitorTimestamp", report.lastSuccess.map { [generalizedTime(seconds: $0)] } ?? []),
                    ("monitoredInfo", report.facts.map { "\($0.name): \($0.value)" }),
                    ("description", report.problem.map { [$0] } ?? []),
                ])
        }
    }
}

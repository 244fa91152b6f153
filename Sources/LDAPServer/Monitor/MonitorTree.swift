import Directory

/// What the server says under cn=Monitor, entry by entry: names and classes as in OpenLDAP, for the tools that read those.
struct MonitorTree {
    /// The name of the whole.
    static let base = "cn=Monitor"

    private(set) var entries: [MadeUpEntry] = []

    /// The entry of the whole.
    init(server: String) {
        append(
            Self.base, "monitorServer", "Monitor",
            [
                ("monitoredInfo", [server]),
                ("description", ["This subtree contains monitoring/managing objects."]),
            ])
    }

    /// A part of it, directly below.
    mutating func container(
        _ name: String, _ description: String, class kind: String = "monitorContainer",
        _ attributes: [(name: String, values: [String])] = []
    ) {
        append("cn=\(name),\(Self.base)", kind, name, attributes + [("description", [description])])
    }

    /// A number in a part.
    mutating func counter(_ name: String, in part: String, _ value: UInt64, _ description: String = "") {
        append(
            "cn=\(name),cn=\(part),\(Self.base)", "monitorCounterObject", name,
            [("monitorCounter", [String(value)]), ("description", description.isEmpty ? [] : [description])])
    }

    /// Something said in a part.
    mutating func object(
        _ name: String, in part: String, class kind: String = "monitoredObject",
        _ attributes: [(name: String, values: [String])]
    ) {
        append("cn=\(Self.escaped(name)),cn=\(part),\(Self.base)", kind, name, attributes)
    }

    /// The value as it stands in a DN (RFC 4514 section 2.4).
    private static func escaped(_ value: String) -> String {
        value.map { "\"+,;<>\\".contains($0) ? "\\\($0)" : String($0) }.joined()
    }

    private mutating func append(
        _ dn: String, _ kind: String, _ name: String, _ attributes: [(name: String, values: [String])]
    ) {
        entries.append(
            MadeUpEntry(
                dn: dn,
                attributes: [("objectClass", [kind]), ("structuralObjectClass", [kind]), ("cn", [name])] + attributes))
    }
}

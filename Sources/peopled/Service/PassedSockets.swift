/// The sockets that the service manager opened for this process (sd_listen_fds(3)): from descriptor 3 on, `LISTEN_FDS` of them, with
/// the names in `LISTEN_FDNAMES`. They are meant for the process with the number in `LISTEN_PID`.
struct PassedSockets {
    private static let firstDescriptor: Int32 = 3
    private var sockets: [(name: String, descriptor: Int32)] = []

    /// None.
    init() {}

    init(environment: [String: String], process: Int32) {
        guard environment["LISTEN_PID"] == "\(process)", let count = environment["LISTEN_FDS"].flatMap(Int32.init),
            (1...1024).contains(count)
        else { return }
        let names = (environment["LISTEN_FDNAMES"] ?? "").split(separator: ":", omittingEmptySubsequences: false)
        for number in 0..<count {
            let name = names.indices.contains(Int(number)) ? String(names[Int(number)]) : ""
            sockets.append((name.isEmpty ? "unknown" : name, Self.firstDescriptor + number))
        }
    }

    var isEmpty: Bool { sockets.isEmpty }

    /// The names of those that nobody has taken.
    var names: [String] { sockets.map(\.name) }

    /// Those of a name, in order; each is given out once.
    mutating func take(_ name: String) -> [Int32] {
        defer { sockets.removeAll { $0.name == name } }
        return sockets.filter { $0.name == name }.map(\.descriptor)
    }
}

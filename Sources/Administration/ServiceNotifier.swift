import Transport

/// Tells the service manager how the service is (sd_notify(3)); does nothing where there is none.
package struct ServiceNotifier: Sendable {
    private let socket: String?
    /// How often, in milliseconds, `alive` is to be said: twice as often as the manager wants it; nil where it does not.
    package let watchdogInterval: Int?

    package init(environment: [String: String], process: Int32) {
        socket = environment["NOTIFY_SOCKET"].flatMap { $0.hasPrefix("/") || $0.hasPrefix("@") ? $0 : nil }
        let isMeant = environment["WATCHDOG_PID"].map { $0 == "\(process)" } ?? true
        let interval = environment["WATCHDOG_USEC"].flatMap(Int.init).map { $0 / 2000 }
        watchdogInterval = isMeant && socket != nil ? interval.flatMap { $0 > 0 ? $0 : nil } : nil
    }

    /// It serves, or does so again after `reloading`.
    package func ready(_ status: String) { send("READY=1\nSTATUS=\(status)") }

    /// It does something that takes its time.
    package func status(_ status: String) { send("STATUS=\(status)") }

    /// It reads its configuration again; `ready` ends that.
    package func reloading() {
        send("RELOADING=1\nMONOTONIC_USEC=\(monotonicMicroseconds())\nSTATUS=reading the configuration")
    }

    package func stopping() { send("STOPPING=1\nSTATUS=finishing what is under way") }

    /// It is not stuck.
    package func alive() { send("WATCHDOG=1") }

    private func send(_ text: String) {
        guard let socket else { return }
        _ = sendDatagram(Array(text.utf8).span, toUnixSocket: socket)
    }
}

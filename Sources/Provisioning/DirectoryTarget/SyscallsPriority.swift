import Glibc

/// The priority of threads that fill the index.
enum ControlPlanePriority {
    /// What reactors have is 0: who asks comes before what is new.
    private static let nice: Int32 = 10

    /// Gives the calling thread the control plane's priority. On Linux a thread has one of its own, and threads that it starts
    /// begin with it.
    static func lower() {
        guard getpriority(Int32(PRIO_PROCESS.rawValue), 0) < nice else { return }
        _ = setpriority(Int32(PRIO_PROCESS.rawValue), 0, nice)
    }
}

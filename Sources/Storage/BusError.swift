import CSystem
import Glibc

/// Makes SIGBUS, which is what reading a truncated or failing mapped file raises, write one line to standard error and end
/// the process at once with `status`: there is no right answer to give from such a file.
public func exitOnBusError(status: Int32) throws(StorageError) {
    _ = try FileCalls.call("handling SIGBUS for", "this process") { csystem_exit_on_bus_error(status) }
}

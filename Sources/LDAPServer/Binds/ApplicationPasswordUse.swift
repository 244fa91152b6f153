import EventLog
import Credentials
import Transport

extension ServerContext {
    /// The SCRAM keys of the application passwords of whom a name stands for.
    func applicationKeys(of claim: Claim, _ hash: SCRAMHash) -> [ApplicationSCRAMKeys] {
        guard let store = configuration.binds.applicationPasswords, let entry = claim.entryUUID else { return [] }
        do throws(ApplicationPasswordError) {
            return try store.scramKeys(of: entry, hash: hash, at: secondsSince1970())
        } catch {
            log.log(.error, "application-passwords", ["reason": error.description])
            return []
        }
    }

    /// Notes that an application password was used: its owner is shown when that was.
    func noteUse(of id: ApplicationPassword.ID, _ claim: Claim) {
        guard let entry = claim.entryUUID else { return }
        configuration.binds.applicationPasswords?.noteUse(of: id, of: entry, at: secondsSince1970())
    }

    /// Writes when application passwords were last used. For a thread that may wait.
    func writeUses() {
        do throws(ApplicationPasswordError) {
            try configuration.binds.applicationPasswords?.writeUses()
        } catch {
            log.log(.error, "application-passwords", ["reason": error.description])
        }
    }
}

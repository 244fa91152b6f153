import CommandLineTools
import Directory
import LDAPServer
import Schema

/// What the configuration's accounts must not do to the directory.
enum AccountCheck {
    /// An account with an entry's name would be a second way to be that person.
    static func refuseAccountsOfEntries(_ accounts: [ServiceAccount], in view: DirectoryView) throws {
        for account in accounts where try view.credentials(ofEntryWithKey: account.dn.key.span) != nil {
            throw CommandFailure(
                .refusedInput,
                "accounts: \(account.dn.text) is an entry of the directory; give the account another name, "
                    + "such as cn=NAME,ou=Accounts")
        }
    }
}

import CommandLineTools
import Glibc

// What is under way here holds hashes and passwords: none of it is to end in a file, whichever command fails.
_ = Privileges.forbidCoreDumps()
let interface = CommandLineInterface(
    program: ServeCommand.program,
    purpose: "a read-only LDAPv3 directory of the people an identity provider knows",
    example: "peopled serve --ldif ldif/people.ldif --data /tmp/people",
    commands: [
        ServeCommand.self, StatusCommand.self, ChangesCommand.self, ResyncCommand.self, ImportCommand.self,
        ApplyCommand.self, ExportCommand.self, CheckCommand.self, CompactCommand.self, SearchCommand.self,
        PasswordAddCommand.self, PasswordListCommand.self, PasswordRevokeCommand.self, PasswordHashCommand.self,
        KeysCommand.self,
    ], describe: CommandFailure.init(describing:))
exit(interface.run(Array(CommandLine.arguments.dropFirst())))

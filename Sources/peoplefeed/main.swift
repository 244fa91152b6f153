import CommandLineTools
import Glibc

let interface = CommandLineInterface(
    program: ServeCommand.program,
    purpose: "gives service providers the people of an identity provider's registry, as far as policy allows",
    example: "peoplefeed serve --config Config/peoplefeed.json5",
    commands: [ServeCommand.self, ChangeCommand.self, StatusCommand.self, CheckCommand.self, KeysCommand.self],
    describe: CommandFailure.init(describing:))
exit(interface.run(Array(CommandLine.arguments.dropFirst())))

import Glibc

// What is under way here holds hashes and passwords: none of it is to end in a file, whichever command fails.
_ = Privileges.forbidCoreDumps()
exit(CommandLineInterface.run(Array(CommandLine.arguments.dropFirst())))

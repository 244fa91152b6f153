// What both executables share is part of each of them.
@_exported import CommandLineTools

extension Command {
    static var program: String { "peopled" }
}

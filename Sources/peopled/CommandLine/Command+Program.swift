import CommandLineTools

extension Command {
    static var program: String { "peopled" }
}

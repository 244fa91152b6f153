import CommandLineTools
import Credentials
import Glibc

/// A password from whoever runs the command: typed twice without being shown, or the first line of standard input.
enum PasswordInput {
    /// Octets of the longest password.
    private static let maximum = 4096

    static func read() throws(CommandFailure) -> SecretOctets {
        guard isatty(STDIN_FILENO) == 1 else { return try line() }
        let first = try ask("Password: ")
        let second = try ask("Again: ")
        let isSame = first.withOctets { one in second.withOctets { LibCrypto.isEqualInConstantTime(one, $0) } }
        guard isSame else { throw CommandFailure(.refusedInput, "the two are not the same") }
        return first
    }

    private static func ask(_ prompt: String) throws(CommandFailure) -> SecretOctets {
        StandardError.write(prompt)
        var settings = termios()
        // Safe: tcgetattr fills the one record that it is given, and tcsetattr reads it.
        guard unsafe tcgetattr(STDIN_FILENO, &settings) == 0 else {
            throw CommandFailure(.inputOutput, "the terminal cannot be asked not to show the password")
        }
        var silent = settings
        silent.c_lflag &= ~tcflag_t(ECHO)
        silent.c_lflag |= tcflag_t(ECHONL)
        guard unsafe tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent) == 0 else {
            throw CommandFailure(.inputOutput, "the terminal cannot be asked not to show the password")
        }
        defer { _ = unsafe tcsetattr(STDIN_FILENO, TCSAFLUSH, &settings) }
        return try line()
    }

    /// Up to the end of the line or of the input, octet by octet: what follows is somebody else's.
    private static func line() throws(CommandFailure) -> SecretOctets {
        var octets: [UInt8] = []
        octets.reserveCapacity(maximum)
        defer { LibCrypto.wipe(&octets) }
        while true {
            var octet: UInt8 = 0
            // Safe: read writes at most the one octet.
            let count = unsafe Glibc.read(STDIN_FILENO, &octet, 1)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw CommandFailure(.inputOutput, "standard input cannot be read") }
            if count == 0 || octet == UInt8(ascii: "\n") { return SecretOctets(octets.span) }
            guard octets.count < maximum else {
                throw CommandFailure(.refusedInput, "the password is longer than \(maximum) octets")
            }
            octets.append(octet)
        }
    }
}

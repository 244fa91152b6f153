import Administration
import CommandLineTools
import IdentityProvider
import LDIF
import Schema
import Storage
import Transport

extension Command {
    static var program: String { "peoplefeed" }
}

extension CommandFailure {
    /// The one place where errors of the modules become exit statuses.
    init(describing error: any Error) {
        switch error {
        case let error as CommandFailure: self = error
        case let error as StorageError: self.init(Self.status(of: error), error.description)
        case let error as IdentityProviderError:
            self.init(
                error.isFull ? .diskFull : error.code == .storage ? .inputOutput : .refusedInput, error.description)
        case let error as LDIFError:
            self.init(error.code == .unreadable ? .inputOutput : .refusedInput, error.description)
        case let error as LDIFInputError: self.init(.inputOutput, error.reason)
        case let error as SchemaError: self.init(.refusedInput, error.description)
        case let error as TLSConfigurationError: self.init(.refusedInput, error.description)
        case let error as AdminClientError: self.init(Self.status(of: error), error.description)
        case let error as TransportError: self.init(.addressUnavailable, error.description)
        default: self.init(.refusedInput, "\(error)")
        }
    }

    private static func status(of error: AdminClientError) -> ExitStatus {
        error.kind == .refused ? .refusedInput : .inputOutput
    }

    private static func status(of error: StorageError) -> ExitStatus {
        switch error.code {
        case .locked: .locked
        case .damaged: .damagedIndex
        case .system, .outOfBounds: error.isFull ? .diskFull : .inputOutput
        }
    }
}

import AttributeIndex
import CommandLineTools
import Credentials
import LDIF
import Provisioning
import Schema
import Storage
import Transport

extension CommandFailure {
    /// The one place where errors of the modules become exit statuses.
    init(describing error: any Error) {
        switch error {
        case let error as CommandFailure: self = error
        case let error as StoreError: self.init(Self.status(of: error), error.description)
        case let error as StorageError: self.init(error.isFull ? .diskFull : .inputOutput, error.description)
        case let error as ProvisioningError:
            self.init(error.code == .ldif(.unreadable) ? .inputOutput : .refusedInput, error.description)
        case let error as ApplicationPasswordError: self.init(Self.status(of: error), error.description)
        case let error as PasswordHashingError: self.init(.refusedInput, error.description)
        case let error as SchemaError: self.init(.refusedInput, error.description)
        case let error as TransportError: self.init(.addressUnavailable, error.description)
        default: self.init(.refusedInput, "\(error)")
        }
    }

    private static func status(of error: StoreError) -> ExitStatus {
        switch error.code {
        case .noIndex: .noIndex
        case .damaged: .damagedIndex
        case .outdated: .outdatedIndex
        case .locked: .locked
        case .full: .diskFull
        case .files, .superseded: .inputOutput
        case .refused: .refusedInput
        }
    }

    private static func status(of error: ApplicationPasswordError) -> ExitStatus {
        switch error.code {
        case .damaged: .damagedIndex
        case .locked: .locked
        case .full: .diskFull
        case .files: .inputOutput
        case .refused, .notFound: .refusedInput
        }
    }
}

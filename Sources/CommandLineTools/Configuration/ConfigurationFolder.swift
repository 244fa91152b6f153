import Foundation

extension CodingUserInfoKey {
    /// The folder of the configuration file, a `URL`: what relative paths in it are relative to.
    package static let configurationFolder = CodingUserInfoKey(rawValue: "configurationFolder")
}

extension Decoder {
    /// A path of the configuration, made absolute.
    package func path(_ text: String) -> String {
        let folder = CodingUserInfoKey.configurationFolder.flatMap { userInfo[$0] as? URL }
        return URL(fileURLWithPath: text, relativeTo: folder).path
    }
}

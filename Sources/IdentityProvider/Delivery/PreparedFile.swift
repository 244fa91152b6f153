public import CommonInterface

/// A file that a service provider may fetch until its deadline.
public struct PreparedFile: Codable, Equatable, Sendable {
    /// What it holds: `snapshot` or `changelog`.
    public let mechanism: Mechanism
    /// 128 random bits in hexadecimal: the last part of its URL.
    public let token: String
    /// Its name in the folder of prepared files, made of nothing that came from outside.
    public let name: String
    /// Where the service provider stands once it has applied the file.
    public let transactionID: UInt64
    /// When it is deleted, in seconds since 1970.
    public let deadline: Int64
    /// Its length in octets.
    public let size: Int
    /// Its SHA-256 in hexadecimal, for `Repr-Digest` (RFC 9530) and `ETag`.
    public let digest: String
    /// How many records it holds.
    public let records: Int
}

public import CommonInterface

/// Changes for a listener, as they are pushed.
public struct Push: Sendable, Equatable {
    /// Where to.
    public let listener: String
    /// The body, `text/ldif`.
    public let body: [UInt8]
    /// The last change in it.
    public let transactionID: TransactionID
    /// How many changes it has.
    public let records: Int
}

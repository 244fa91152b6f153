/// Octets that are overwritten with zeros when the last reference to them goes: a password on its way to a worker, keys.
///
/// `@unchecked Sendable` because the octets change in `deinit` only, when nobody else can see them.
public final class SecretOctets: @unchecked Sendable {
    private var octets: [UInt8]

    /// A copy of `octets`.
    public init(_ octets: Span<UInt8>) { self.octets = octets.copied() }

    /// Takes `octets` over, and leaves nothing behind. No copy is made where the caller holds the only one.
    public init(taking octets: inout [UInt8]) {
        self.octets = octets
        octets = []
    }

    deinit { LibCrypto.wipe(&octets) }

    /// How many octets there are.
    public var count: Int { octets.count }

    /// Gives the octets out for the time of a call. A copy made of them is the caller's to wipe.
    public func withOctets<Result, Failure: Error>(
        _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        // Another reference to the same octets, gone when this returns: `deinit` wipes what nobody else refers to.
        let octets = octets
        let result = try body(octets.span)
        return result
    }
}

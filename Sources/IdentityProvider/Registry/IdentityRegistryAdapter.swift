/// Where the people come from: detects changes, and yields whole records. Each kind of registry is one type of this protocol.
public protocol IdentityRegistryAdapter: AnyObject {
    /// Whether something may have changed since the last `readAll` that did not throw. Waits for at most so many milliseconds.
    func waitForChange(milliseconds: Int32) throws(IdentityProviderError) -> Bool
    /// Calls `body` with everybody, in any order.
    func readAll(
        _ body: (IdentityRecord) throws(IdentityProviderError) -> Void
    ) throws(IdentityProviderError)
    /// One person by subject; nil for nobody.
    func fetch(_ subject: [UInt8]) throws(IdentityProviderError) -> IdentityRecord?
}

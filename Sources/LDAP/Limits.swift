/// How much of each thing a client may ask of the server. Every limit in the codec and the server is named here.
///
/// A limit is inclusive: exactly this many are accepted.
public enum Limits {
    /// Octets in one request, its header included, before the client has authenticated (slapd: 262,143).
    public static let messageBytesBeforeAuthentication = 256 * 1024

    /// Octets in one request, its header included, after the client has authenticated (slapd: 4,194,303).
    public static let messageBytes = 4 * 1024 * 1024

    /// Levels of and, or and not around a filter item.
    ///
    /// The decoder does not recurse, so depth costs only memory: this is slapd's default `maxfilterdepth`.
    public static let filterDepth = 1_000

    /// Filter components (and, or, not and items) in one search.
    ///
    /// More than a request before authentication can hold (an item takes at least eight octets): the limit is there for
    /// the larger requests of authenticated clients.
    public static let filterElements = 32_768

    /// Parts in one substrings assertion.
    public static let substringParts = 1_000

    /// Attribute selectors in one search. Clients ask for tens (SSSD 36, TrueNAS 35), never thousands.
    public static let requestedAttributes = 4_096

    /// Controls on one request; clients send at most a handful (389 Directory Server's default is 10).
    public static let controlsPerRequest = 32

    /// Operations a connection may have outstanding before it has authenticated (slapd: 100).
    public static let outstandingOperationsBeforeAuthentication = 100

    /// Operations a connection may have outstanding after it has authenticated (slapd: 1,000).
    public static let outstandingOperations = 1_000

    /// Octets in a password: longer ones are not verified, since hashing them would cost the server more than the client.
    public static let passwordBytes = 4_096

    /// Octets in the text of a filter or a URL that is parsed.
    public static let filterTextBytes = 1024 * 1024
}

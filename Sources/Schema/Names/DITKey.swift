/// Arithmetic on the keys of distinguished names.
///
/// A key is the normalised RDNs from the suffix down with 0x00 between them, and no RDN holds 0x00. The keys of a subtree
/// are therefore the base's own and those that start with it and 0x00, and in octet order they are neighbours.
public enum DITKey {
    /// What stands between two RDNs.
    public static let separator: UInt8 = 0x00
    /// What stands between the parts of a multi-valued RDN.
    static let valueSeparator: UInt8 = 0x01
    /// What goes before an octet of up to 0x02, raised by 0x10.
    static let escape: UInt8 = 0x02

    /// The length of the parent's key, which the key starts with: 0 below the empty DN, -1 for the empty DN itself.
    public static func parent(of key: Span<UInt8>) -> Int {
        var index = key.count - 1
        while index >= 0 {
            if key[index] == separator { return index }
            index -= 1
        }
        return key.count > 0 ? 0 : -1
    }

    /// How many RDNs the name has.
    public static func depth(of key: Span<UInt8>) -> Int {
        guard key.count > 0 else { return 0 }
        var depth = 1
        for index in 0..<key.count where key[index] == separator { depth += 1 }
        return depth
    }

    /// Whether a key is the base's or below it. Everything is below the empty DN.
    public static func isWithin(_ key: Span<UInt8>, subtreeOf base: Span<UInt8>) -> Bool {
        guard base.count > 0 else { return true }
        guard key.count >= base.count else { return false }
        for index in 0..<base.count where key[index] != base[index] { return false }
        return key.count == base.count || key[base.count] == separator
    }
}

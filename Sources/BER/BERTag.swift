/// Identifier octets of the universal types LDAP uses (X.690 §8.1.2, X.680 §8.4), and how others are composed.
public enum BERTag {
    /// BOOLEAN.
    public static let boolean: UInt8 = 0x01
    /// INTEGER.
    public static let integer: UInt8 = 0x02
    /// OCTET STRING, primitive: the only form RFC 4511 §5.1 allows.
    public static let octetString: UInt8 = 0x04
    /// NULL.
    public static let null: UInt8 = 0x05
    /// ENUMERATED.
    public static let enumerated: UInt8 = 0x0A
    /// SEQUENCE and SEQUENCE OF, constructed.
    public static let sequence: UInt8 = 0x30
    /// SET and SET OF, constructed.
    public static let set: UInt8 = 0x31

    /// The bit that says "constructed" (X.690 §8.1.2.5).
    public static let constructedBit: UInt8 = 0x20
    /// The two bits of the class (X.690 §8.1.2.2).
    public static let classMask: UInt8 = 0xC0
    /// The class bits of a context-specific tag.
    public static let contextClass: UInt8 = 0x80

    /// The identifier octet of the primitive context-specific tag `number` (0 to 30).
    @inlinable
    public static func context(_ number: UInt8) -> UInt8 { 0x80 | (number & 0x1F) }

    /// The identifier octet of the constructed context-specific tag `number` (0 to 30).
    @inlinable
    public static func contextConstructed(_ number: UInt8) -> UInt8 { 0xA0 | (number & 0x1F) }
}

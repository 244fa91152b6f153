/// The limits of one LDIF file: what a damaged or hostile file may cost before it is refused.
public struct LDIFLimits: Sendable {
    /// Octets of one unfolded line, base64 included: a photo of 12 MiB fits.
    public var lineLength = 16 << 20
    /// Octets of one record as it stands in the file: a group of a million members fits.
    public var recordLength = 256 << 20
    /// Lines of one record, folded lines counted once.
    public var linesInRecord = 4_000_000
    /// Octets of an attribute description with its options.
    public var attributeDescriptionLength = 1024
    /// Octets of an entry's name.
    public var nameLength = 64 << 10
    /// `control:` lines of one change record.
    public var controlsInRecord = 32

    /// The default limits.
    public init() {}
}

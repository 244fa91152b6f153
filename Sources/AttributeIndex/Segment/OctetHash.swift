/// The hash of the format's tables: of whole keys only, seeded for each segment so that nobody can choose colliding values.
/// Wide multiplications folded, as in wyhash; nothing cryptographic hangs on it, and every hit is verified on the key.
@inline(__always)
func octetHash(_ octets: Span<UInt8>, seed: UInt64) -> UInt32 {
    let count = octets.count
    var state = seed ^ (UInt64(truncatingIfNeeded: count) &* 0x9E37_79B9_7F4A_7C15)
    if count >= 8 {
        var index = 0
        while index &+ 8 < count {
            state = fold(state ^ octets.littleEndian64(at: index), 0xA076_1D64_78BD_642F)
            index &+= 8
        }
        state = fold(state ^ octets.littleEndian64(at: count &- 8), 0xE703_7ED1_A0B4_28DB)
    } else if count >= 4 {
        let low = UInt64(octets.littleEndian32(at: 0))
        let high = UInt64(octets.littleEndian32(at: count &- 4))
        state = fold(state ^ (low | high << 32), 0xE703_7ED1_A0B4_28DB)
    } else {
        var word: UInt64 = 0
        for index in octets.indices { word = word << 8 | UInt64(octets[index]) }
        state = fold(state ^ word, 0xE703_7ED1_A0B4_28DB)
    }
    let mixed = fold(state, 0x8EBC_6AF0_9C88_C6E3)
    return UInt32(truncatingIfNeeded: mixed ^ mixed >> 32)
}

@inline(__always)
private func fold(_ left: UInt64, _ right: UInt64) -> UInt64 {
    let product = left.multipliedFullWidth(by: right)
    return product.high ^ product.low
}

/// Where a hash falls in a table of `slots` slots: the hash scaled down, so that the table need not be a power of two.
@inline(__always)
func homeSlot(of hash: UInt32, slots: Int) -> Int {
    Int(truncatingIfNeeded: (UInt64(hash) &* UInt64(truncatingIfNeeded: slots)) >> 32)
}

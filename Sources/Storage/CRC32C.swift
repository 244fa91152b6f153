import CSystem

/// CRC-32C (Castagnoli; RFC 3720 appendix B.4): the checksum of journals, manifests and segments.
public struct CRC32C: Sendable {
    private var state: UInt32 = ~0

    /// The checksum of nothing yet.
    public init() {}

    /// The checksum of what was added so far.
    public var value: UInt32 { ~state }

    /// Adds octets.
    public mutating func update(_ bytes: Span<UInt8>) {
        state = CRC32C.hasInstruction ? CRC32C.byInstruction(state, bytes) : CRC32C.byTable(state, bytes)
    }

    /// The checksum of `bytes`.
    public static func checksum(_ bytes: Span<UInt8>) -> UInt32 {
        var crc = CRC32C()
        crc.update(bytes)
        return crc.value
    }

    /// Whether this processor computes it by itself.
    static let hasInstruction = csystem_has_crc32c()

    static func byInstruction(_ state: UInt32, _ bytes: Span<UInt8>) -> UInt32 {
        // Safe: the shim reads exactly `count` octets from `baseAddress`, which may be nil only when count is 0.
        unsafe bytes.withUnsafeBufferPointer { buffer in
            unsafe csystem_crc32c(state, buffer.baseAddress, buffer.count)
        }
    }

    /// Eight tables, so that eight octets are taken a step: for processors without the instruction.
    static let tables: [UInt32] = {
        var tables = [UInt32](repeating: 0, count: 8 * 256)
        for octet in 0..<256 {
            var crc = UInt32(octet)
            for _ in 0..<8 { crc = crc & 1 == 1 ? (crc >> 1) ^ 0x82F6_3B78 : crc >> 1 }
            tables[octet] = crc
        }
        for index in 256..<tables.count {
            let previous = tables[index - 256]
            tables[index] = (previous >> 8) ^ tables[Int(previous & 0xFF)]
        }
        return tables
    }()

    static func byTable(_ start: UInt32, _ bytes: Span<UInt8>) -> UInt32 {
        let tables = tables.span
        var crc = start
        var index = 0
        while index + 8 <= bytes.count {
            var next: UInt32 = 0
            for lane in 0..<8 {
                let mask = lane < 4 ? UInt8(truncatingIfNeeded: crc >> (8 * UInt32(lane))) : 0
                next ^= tables[(7 - lane) * 256 + Int(bytes[index + lane] ^ mask)]
            }
            crc = next
            index += 8
        }
        while index < bytes.count {
            crc = (crc >> 8) ^ tables[Int(UInt8(truncatingIfNeeded: crc) ^ bytes[index])]
            index += 1
        }
        return crc
    }
}

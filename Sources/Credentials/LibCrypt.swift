import CSystem

/// libcrypt's crypt(3). The one file of this module that calls it.
enum LibCrypt {
    /// The hash of `password` under `setting` (a salt or a whole stored hash), or nil where libcrypt takes either not.
    /// A password with a NUL has no hash: C would silently cut it there.
    static func hash(of password: Span<UInt8>, setting: Span<UInt8>) -> [UInt8]? {
        guard var phrase = terminated(password), let setting = terminated(setting) else { return nil }
        defer { LibCrypto.wipe(&phrase) }
        var output = [UInt8](repeating: 0, count: Int(CRYPT_OUTPUT_SIZE))
        defer { LibCrypto.wipe(&output) }
        // Safe: both inputs end with the NUL added above; the output has the size the shim asks for; nothing is kept.
        let failed = unsafe phrase.withUnsafeBytes { phrase in
            unsafe setting.withUnsafeBytes { setting in
                unsafe output.withUnsafeMutableBytes { output in
                    unsafe csystem_crypt(
                        phrase.bindMemory(to: CChar.self).baseAddress, setting.bindMemory(to: CChar.self).baseAddress,
                        output.bindMemory(to: CChar.self).baseAddress)
                }
            }
        }
        guard failed == 0, let end = output.firstIndex(of: 0) else { return nil }
        return Array(output[..<end])
    }

    /// A setting for new hashes: `prefix` names the method, `cost` is in its own unit, `random` becomes the salt. Nil where
    /// libcrypt takes one of them not.
    static func setting(prefix: String, cost: Int, random: [UInt8]) -> [UInt8]? {
        guard let cost = UInt(exactly: cost), let count = Int32(exactly: random.count) else { return nil }
        var output = [UInt8](repeating: 0, count: Int(CRYPT_GENSALT_OUTPUT_SIZE))
        // Safe: the prefix is terminated, the random octets and the output go with their own counts; nothing is kept.
        let failed = unsafe prefix.withCString { prefix in
            unsafe random.withUnsafeBytes { random in
                unsafe output.withUnsafeMutableBytes { output in
                    unsafe csystem_crypt_setting(
                        prefix, cost, random.bindMemory(to: CChar.self).baseAddress, count,
                        output.bindMemory(to: CChar.self).baseAddress, Int32(clamping: output.count))
                }
            }
        }
        guard failed == 0, let end = output.firstIndex(of: 0) else { return nil }
        return Array(output[..<end])
    }

    private static func terminated(_ octets: Span<UInt8>) -> [UInt8]? {
        var result: [UInt8] = []
        result.reserveCapacity(octets.count + 1)
        for index in octets.indices {
            guard octets[index] != 0 else { return nil }
            result.append(octets[index])
        }
        result.append(0)
        return result
    }
}
